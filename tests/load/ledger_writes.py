"""Ledger writes per second at the service layer, against what the same server can do at all.

Rounds of the three measurements take turns, so that a disturbed moment of the machine does not
favour one of them.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass, field

from ops.config import HOST, PLATFORM_PYTHON, ROOT
from ops.postgres import SUPERUSER, binary

from .figures import Counted, typical_rate
from .population import populate
from .system import WALLET_DATABASE, BenchSystem, process_environment

CLIENTS = 8
_PGBENCH_DATABASE = "pgbench"
_TPS = re.compile(r"tps = ([0-9.]+) \(without initial connection time\)")


@dataclass(frozen=True)
class Scale:
    """How long and how large; the smoke test takes less."""

    rounds: int = 3
    round_s: float = 8.0
    few_wallets: int = 1_000
    many_wallets: int = 1_000_000


@dataclass
class Rounds:
    few: list[Counted] = field(default_factory=list)
    many: list[Counted] = field(default_factory=list)
    pgbench: list[Counted] = field(default_factory=list)


def measure(system: BenchSystem, *, rule: str, scale: Scale) -> dict[str, float]:
    """Databases are made for it; wallet and relayer must not be running."""
    few, many = f"{WALLET_DATABASE}_few", f"{WALLET_DATABASE}_many"
    for database, wallets in ((few, scale.few_wallets), (many, scale.many_wallets)):
        system.create_wallet_database(database)
        populate(system, database=database, wallets=wallets)
    _pgbench_prepare(system)
    rounds = Rounds()
    for _ in range(scale.rounds):
        rounds.pgbench.append(_pgbench(system, seconds=scale.round_s))
        rounds.few.append(_writes(system, few, rule, scale.few_wallets, scale.round_s))
        rounds.many.append(_writes(system, many, rule, scale.many_wallets, scale.round_s))
    return {
        "pgbench_tps": typical_rate(rounds.pgbench),
        "ledger_writes_per_s": typical_rate(rounds.few),
        "ledger_writes_per_s_1m_wallets": typical_rate(rounds.many),
        "ledger_clients": CLIENTS,
    }


def _writes(system: BenchSystem, database: str, rule: str, wallets: int, seconds: float) -> Counted:
    environment = process_environment(system) | {
        "WALLET_DATABASE_URL": system.database_url(database),
        "DJANGO_SETTINGS_MODULE": "wallet_service.config.settings",
    }
    command = [str(PLATFORM_PYTHON), "-m", "tests.load.ledger_writer"]
    command += [rule, str(wallets), str(seconds)]
    writers = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(CLIENTS)
    ]
    try:
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n", "a writer does not start"
        for writer in writers:
            assert writer.stdin is not None
            writer.stdin.write("go\n")
            writer.stdin.flush()
        written = [int(writer.communicate(timeout=seconds + 60)[0]) for writer in writers]
    finally:
        for writer in writers:
            writer.kill()
    return Counted(sum(written), seconds)


def _pgbench_prepare(system: BenchSystem) -> None:
    with system.superuser("postgres") as connection:
        connection.execute(f"CREATE DATABASE {_PGBENCH_DATABASE}")
    _run_pgbench(system, "--initialize", "--scale=1", "--quiet")


def _pgbench(system: BenchSystem, *, seconds: float) -> Counted:
    said = _run_pgbench(
        system,
        "--protocol=prepared",
        f"--client={CLIENTS}",
        "--jobs=2",
        f"--time={seconds:.0f}",
    )
    found = _TPS.search(said)
    assert found, said
    return Counted(round(float(found[1]) * seconds), seconds)


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
