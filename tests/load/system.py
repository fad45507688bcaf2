"""The system under measurement: its own engines, wallet and relayer, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx
import psycopg
from psycopg import sql

from ops import postgres, startup, supervision, waiting
from ops.cli import stop
from ops.config import DATABASES, HOST, PLATFORM_PYTHON, PORTS, ROOT, Config
from ops.processes import by_name, plan
from ops.progress import Progress
from service_kit import ports

WALLET_DATABASE = "mdmp_wallet"
_SERVICES = ("wallet", "wallet_worker", "relayer")
_READY_S = 60.0


@dataclass(frozen=True)
class BenchSystem:
    """PostgreSQL, chain node, wallet and relayer, as ``ops`` runs them; nothing else."""

    config: Config
    environment: Mapping[str, str]
    supervisor: supervision.Supervisor

    @property
    def wallet_port(self) -> int:
        return self.config.ports["WALLET_PORT"]

    @property
    def token(self) -> str:
        return self.environment["WALLET_API_TOKEN_CONSOLE"]

    @property
    def rpc_url(self) -> str:
        return self.environment["CHAIN_RPC_URL"]

    def database_url(self, database: str = WALLET_DATABASE, *, owner: bool = False) -> str:
        """The wallet's runtime role (or its owner) on ``database``."""
        name = "WALLET_DATABASE_OWNER_URL" if owner else "WALLET_DATABASE_URL"
        return urlunsplit(urlsplit(self.environment[name])._replace(path=f"/{database}"))

    def superuser(self, database: str) -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(
            host=HOST,
            port=self.config.ports["POSTGRES_PORT"],
            user=postgres.SUPERUSER,
            password=self.environment["POSTGRES_PASSWORD"],
            dbname=database,
            autocommit=True,
        )

    def query(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the wallet's database."""
        with psycopg.connect(self.database_url()) as connection:
            return connection.execute(statement, values).fetchall()

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a management command of the wallet; returns its output, fails with it."""
        environment = {**os.environ, **self.environment}
        environment["MDMP_DB_ROLE"] = "owner" if owner else "runtime"
        done = subprocess.run(
            [str(PLATFORM_PYTHON), "-m", "wallet_service.manage", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{arguments[0]} failed:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start_services(self) -> None:
        """Start what serves the wallet and return when it is ready."""
        for name in _SERVICES:
            self.supervisor.start(name, wait=False)
        missing: list[str] = []

        def ready() -> bool:
            missing[:] = waiting.missing_parts(self.config.url("WALLET_PORT"))
            return not missing

        try:
            waiting.until(ready, what="the wallet", timeout_s=_READY_S)
        except waiting.TimedOut as exc:
            raise AssertionError(f"{exc}; missing: {missing}") from exc

    def stop_services(self) -> None:
        for name in reversed(_SERVICES):
            self.supervisor.stop(name)

    @contextmanager
    def a_block_every(self, seconds: int) -> Iterator[None]:
        """Blocks at this rhythm instead of one for each transaction at once."""
        self._node("evm_setIntervalMining", [seconds])
        try:
            yield
        finally:
            self._node("evm_setIntervalMining", [0])
            self._node("evm_setAutomine", [True])

    def _node(self, method: str, params: list[object]) -> None:
        body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = httpx.post(self.rpc_url, json=body, trust_env=False).raise_for_status().json()
        assert "error" not in answer, answer

    def create_wallet_database(self, name: str) -> None:
        """An empty copy of the wallet's schema beside it; the wallet must not be running."""
        with self.superuser("postgres") as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                    sql.Identifier(name),
                    sql.Identifier(WALLET_DATABASE),
                    sql.Identifier(DATABASES[WALLET_DATABASE][2]),
                )
            )
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(name), sql.Identifier(DATABASES[WALLET_DATABASE][3])
                )
            )


@contextmanager
def engines(data_dir: Path, given: Mapping[str, str] | None = None) -> Iterator[BenchSystem]:
    """Engines alone, databases empty; all is stopped and deleted. ``given``: further settings."""
    shutil.rmtree(data_dir, ignore_errors=True)
    # Nothing of the environment: in ``make test`` it names another system's addresses and secrets.
    config = Config.from_environ(free_ports() | {"DATA_DIR": str(data_dir)} | dict(given or {}))
    environment = startup.prepare(config)
    settings = supervision.write_settings(config, plan(config))
    supervision.launch(config, settings, attached=True)
    supervisor = supervision.Supervisor(config)
    try:
        waiting.until(supervisor.alive, what="supervisord", timeout_s=20)
        startup.start_engines(config, supervisor, Progress(startup.TOTAL_STEPS))
        yield BenchSystem(config, {**(given or {}), **environment}, supervisor)
    finally:
        stop(config, quiet=True)
        shutil.rmtree(data_dir, ignore_errors=True)


@contextmanager
def bench_system(data_dir: Path) -> Iterator[BenchSystem]:
    """The wallet migrated and deployed, engines running, services not yet."""
    with engines(data_dir) as system:
        system.manage("migrate", "--verbosity", "0", owner=True)
        system.manage("deploy_contract")
        system.manage("seed_rules")
        yield system


def process_environment(system: BenchSystem) -> dict[str, str]:
    """What the wallet's own process would see."""
    return by_name(system.config, "wallet").environment(system.environment)


def free_ports(more: Sequence[str] = ()) -> dict[str, str]:
    """A free port for every name of ``PORTS`` and of ``more``."""
    names = (*PORTS, *more)
    return dict(zip(names, map(str, ports.free_ports(len(names))), strict=True))
