"""Ledger writes per second at the service layer, against what the same server can do at all.

Rounds of the three measurements take turns, so that a disturbed moment of the machine does not
favour one of them.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from ops.config import HOST, PLATFORM_PYTHON, ROOT
from ops.postgres import SUPERUSER, binary
from wallet_service.config.serving import threads, workers

from .figures import Counted, typical_rate
from .history import history_write
from .population import populate
from .system import WALLET_DATABASE, BenchSystem, process_environment

CLIENTS = workers * threads  # of either side: what the wallet serves at once
PROCESSES = workers  # of the wallet as it is served
_PGBENCH_DATABASE = "pgbench"
_TPS = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")


@dataclass(frozen=True)
class Scale:
    """How long and how large; the smoke test takes less."""

    rounds: int = 3
    round_s: float = 8.0
    few_wallets: int = 1_000
    many_wallets: int = 1_000_000
    history: int = 20_000  # rewards in either ledger before the first round
    clients: int = CLIENTS


def measure(system: BenchSystem, *, rule: str, scale: Scale) -> dict[str, float]:
    """Databases are made for it; wallet and relayer must not be running."""
    few, many = f"{WALLET_DATABASE}_few", f"{WALLET_DATABASE}_many"
    for database, wallets in ((few, scale.few_wallets), (many, scale.many_wallets)):
        system.create_wallet_database(database)
        populate(system, database=database, wallets=wallets)
        history_write(system, database=database, rule=rule, wallets=wallets, rewards=scale.history)
    _pgbench_prepare(system)
    by_pgbench, to_few, to_many = [], [], []
    with (
        _writers(system, few, rule, scale.few_wallets, scale.clients) as few_writers,
        _writers(system, many, rule, scale.many_wallets, scale.clients) as many_writers,
    ):
        for _ in range(scale.rounds):
            by_pgbench.append(_pgbench(system, scale))
            to_few.append(_write(few_writers, scale.round_s))
            to_many.append(_write(many_writers, scale.round_s))
    return {
        "pgbench_tps": typical_rate(by_pgbench),
        "ledger_writes_per_s": typical_rate(to_few),
        "ledger_writes_per_s_1m_wallets": typical_rate(to_many),
        "ledger_clients": scale.clients,
    }


@contextmanager
def _writers(
    system: BenchSystem, database: str, rule: str, wallets: int, clients: int
) -> Iterator[list[subprocess.Popen[str]]]:
    """Processes with their clients, which are connected and wait for their first round."""
    environment = process_environment(system) | {
        "WALLET_DATABASE_URL": system.database_url(database),
        "DJANGO_SETTINGS_MODULE": "wallet_service.config.settings",
    }
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.ledger_writer", rule, str(wallets)]
    started = [
        subprocess.Popen(
            [*command, str(clients // PROCESSES)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    try:
        for writer in started:
            assert _line(writer) == "ready", "a writer does not start"
        yield started
    finally:
        for writer in started:
            writer.kill()
            writer.communicate()


def _write(writers: Sequence[subprocess.Popen[str]], seconds: float) -> Counted:
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write(f"{seconds}\n")
        writer.stdin.flush()
    return Counted(sum(int(_line(writer)) for writer in writers), seconds)


def _line(writer: subprocess.Popen[str]) -> str:
    assert writer.stdout is not None
    return writer.stdout.readline().strip()


def _pgbench_prepare(system: BenchSystem) -> None:
    with system.superuser("postgres") as connection:
        connection.execute(f"CREATE DATABASE {_PGBENCH_DATABASE}")
    _run_pgbench(system, "--initialize", "--scale=1", "--quiet")


def _pgbench(system: BenchSystem, scale: Scale) -> Counted:
    said = _run_pgbench(
        system,
        "--protocol=prepared",
        f"--client={scale.clients}",
        "--jobs=2",
        f"--time={scale.round_s:.0f}",
    )
    found = _TPS.search(said)
    assert found, said
    return Counted(round(float(found[1]) * scale.round_s), scale.round_s)


def _run_pgbench(system: BenchSystem, *arguments: str) -> str:
    done = subprocess.run(
        [
            binary("pgbench"),
            f"--host={HOST}",
            f"--port={system.config.ports['POSTGRES_PORT']}",
            f"--username={SUPERUSER}",
            *arguments,
            _PGBENCH_DATABASE,
        ],
        env={"PGPASSWORD": system.environment["POSTGRES_PASSWORD"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
