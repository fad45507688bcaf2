"""Reading a thousand and a million reports: ``python -m tests.load.reports_reads``.

Two databases of one PostgreSQL hold the same year, once with few and once with many reports.  Each
read of the API and of the console is asked of both in turn, as a whole request (routing, queries,
rendering), so that what else the machine does meets both alike.  ``--explain`` adds the plans of
the large one's queries.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from psycopg import sql

from ops.config import DATABASES, ROOT

from .console_reads import configure, migrate_and_seed, reader, step, timed
from .reports_rows import fill
from .system import BenchSystem, engines

_DATABASE = "mdmp_console"
_ROUNDS, _REQUESTS = 15, 7
_PAGE = 20


@dataclass(frozen=True)
class Case:
    """One read: its name, and the address asked for of a database."""

    name: str
    url: Callable[[], str]


@dataclass(frozen=True)
class Measured:
    """Milliseconds of a request (median), and how many rows it showed."""

    ms: float
    rows: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.load.reports_reads", description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=_ROUNDS)
    parser.add_argument("--explain", action="store_true", help="plans of the large database")
    options = parser.parse_args()
    with engines(ROOT / "build" / "reads" / "data") as system:
        configure(system)
        with step("two databases"):
            _create(system)
        for name, count in (("few", options.few), ("many", options.many)):
            with step(f"{count} reports"):
                _fill(system, name, count)
        measured = _measure(options.rounds)
        print(f"\n{table(measured, options.few, options.many)}")
        if options.explain:
            _explain()


def table(measured: dict[str, tuple[Measured, Measured]], few: int, many: int) -> str:
    """A line for each read: both times, their ratio, rows shown."""
    head = f"{'read':34}{few:>12} ms{many:>12} ms   ratio   rows"
    lines = [
        f"{name:34}{small.ms:>12.1f}   {large.ms:>12.1f}   {large.ms / small.ms:>8.2f}"
        f"   {small.rows}/{large.rows}"
        for name, (small, large) in measured.items()
    ]
    return "\n".join([head, *lines])


def _create(system: BenchSystem) -> None:
    """Migrated once, and copied: both are the same but for their reports."""
    owner = sql.Identifier(DATABASES[_DATABASE][2])
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    with system.superuser("postgres") as connection:
        connection.execute(create.format(_database("few"), sql.Identifier("template1"), owner))
        use("few")
        migrate_and_seed()
        use("many")  # nobody may be connected to what is copied
        connection.execute(create.format(_database("many"), _database("few"), owner))


def _fill(system: BenchSystem, name: str, count: int) -> None:
    use(name)
    fill(count)
    with system.superuser(f"reads_{name}") as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _database(name: str) -> sql.Identifier:
    return sql.Identifier(f"reads_{name}")


def use(name: str) -> None:
    """Read from this database from now on."""
    from django.db import connection

    connection.close()
    connection.settings_dict["NAME"] = f"reads_{name}"


def _measure(rounds: int) -> dict[str, tuple[Measured, Measured]]:
    clients = {}
    for name in ("few", "many"):
        use(name)
        clients[name] = reader()
    found = {}
    for case in cases():
        times: dict[str, list[float]] = {"few": [], "many": []}
        rows: dict[str, int] = {}
        for _ in range(rounds):
            for name, client in clients.items():
                use(name)
                url = case.url()
                rows[name] = _ask(client, url)[1]  # connects and warms up
                times[name] += [_ask(client, url)[0] for _ in range(_REQUESTS)]
        found[case.name] = tuple(
            Measured(statistics.median(times[name]), rows[name]) for name in clients
        )
        print(f"  {case.name}", flush=True)
    return found  # type: ignore[return-value]


def _ask(client: Any, url: str) -> tuple[float, int]:
    took, answer = timed(client, url)
    marks = ('"reference":', 'data-testid="report-row"', 'data-testid="job"')
    return took, sum(answer.text.count(mark) for mark in marks)


def cases() -> list[Case]:
    """Every read that is measured."""
    asked: dict[str, dict[str, str]] = {
        "all": {},
        "state received": {"state": "received"},
        "state resolved": {"state": "resolved"},
        "category, frequent": {"category": "illegal_dumping"},
        "category, rare": {"category": "manhole_cover"},
        "service": {"service": "eclairage"},
        "commune": {"commune": "13001"},
        "commune and what lies in it": {"commune": "13055"},
        "channel, rare": {"channel": "letter"},
        "late": {"late": "true"},
        "late in a service": {"late": "true", "service": "voirie"},
        "commune and category": {"commune": "13001", "category": "pothole"},
        # Pages as long as the few fill: a page that shows more costs more, whatever there is.
        "commune and open state": {"commune": "13001", "state": "in_progress", "limit": "2"},
        "service and open state": {"service": "voirie", "state": "assigned", "limit": "8"},
        "box of a quarter": {"bbox": "5.375,43.290,5.395,43.305"},
        "box of a town": {"bbox": "5.30,43.20,5.50,43.40"},
        "box of everything": {"bbox": "4.5,43.0,6.0,44.0"},
        "half a year ago": {"created_until": _moment("created_at", "0.5")},
        "changes": {"updated_since": _moment("updated_at", "0.999")},
    }
    lists = [
        Case(f"API {name}", _address("/api/v1/reports", {"limit": str(_PAGE)} | values))
        for name, values in asked.items()
    ]
    pages = {
        "console inbox": "/console/",
        "console late": "/console/?state=late",
        "console received": "/console/?state=received",
        "console service": "/console/?service=eclairage",
        "console commune": "/console/?commune=13001",
        "crew day": "/console/crew/",
    }
    return [
        *lists,
        Case("API one report", lambda: f"/api/v1/reports/{_reference()}"),
        *(Case(name, _address(url, {})) for name, url in pages.items()),
        Case("console one report", lambda: f"/console/reports/{_reference()}/"),
    ]


def _address(path: str, values: dict[str, str]) -> Callable[[], str]:
    return lambda: f"{path}?{urlencode(values)}" if values else path


def _moment(column: str, share: str) -> str:
    """That share of the year, the same in both databases."""
    from agent_console.reports.models import Report

    use("many")
    ends = [
        Report.objects.order_by(f"{sign}{column}").values_list(column, flat=True)[0]
        for sign in ("", "-")
    ]
    return str((ends[0] + (ends[1] - ends[0]) * float(share)).isoformat())


def _reference() -> str:
    from agent_console.reports.models import Report

    return str(Report.objects.order_by("-created_at")[0].reference)


def _explain() -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    use("many")
    client = reader()
    for case in cases():
        use("many")
        url = case.url()
        _ask(client, url)
        with CaptureQueriesContext(connection) as asked:
            _ask(client, url)
        print(f"\n=== {case.name}: {url}")
        for query in asked.captured_queries:
            statement = query["sql"]
            if "reports_report" not in statement or not statement.lstrip("(").startswith("SELECT"):
                continue
            with connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
                print("\n".join(row[0] for row in cursor.fetchall()), end="\n\n")


if __name__ == "__main__":
    main()
