"""Reading a thousand and a million reports: ``python -m tests.load.reports_reads``.

Two databases of one PostgreSQL hold the same year, once with few and once with many reports.  Each
read of the API and of the console is asked of both in turn, as a whole request (routing, queries,
rendering), so that what else the machine does meets both alike.  ``--explain`` adds the plans of
the large one's queries.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django
from psycopg import sql

from ops.config import DATABASES, ROOT
from ops.processes import by_name

from .reports_rows import fill
from .system import BenchSystem, engines

_DATABASE = "mdmp_console"
_ROUNDS, _REQUESTS = 5, 7
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
        _configure(system)
        with _step("two databases"):
            _create(system)
        for name, count in (("few", options.few), ("many", options.many)):
            with _step(f"{count} reports"):
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


def _configure(system: BenchSystem) -> None:
    os.environ.update(by_name(system.config, "console").environment(system.environment))
    os.environ.update(
        DATABASE_OWNER_URL=system.environment["DATABASE_OWNER_URL"],
        MDMP_DB_ROLE="owner",
        DJANGO_SETTINGS_MODULE="agent_console.config.settings",
        ALLOWED_HOSTS="testserver",
    )
    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver"]


def _create(system: BenchSystem) -> None:
    """Migrated once, and copied: both are the same but for their reports."""
    from django.contrib.auth.models import User
    from django.core.management import call_command

    owner = sql.Identifier(DATABASES[_DATABASE][2])
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}")
    with system.superuser("postgres") as connection:
        connection.execute(create.format(_database("few"), sql.Identifier("template1"), owner))
        use("few")
        call_command("migrate", verbosity=0)
        call_command("seed_metropolis", verbosity=0)
        User.objects.create_superuser("mesure", password="une mesure")
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
        clients[name] = _client()
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


def _client() -> Any:
    from django.conf import settings
    from django.contrib.auth.models import User
    from django.test import Client

    secret = settings.CONSOLE_API_TOKENS[0].secret
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(User.objects.get(username="mesure"))
    return client


def _ask(client: Any, url: str) -> tuple[float, int]:
    begin = time.perf_counter()
    answer = client.get(url)
    took = (time.perf_counter() - begin) * 1000
    assert answer.status_code == 200, f"{url}: {answer.status_code} {answer.content[:300]!r}"
    rows = answer.text.count('"reference":') + answer.text.count('data-testid="report-row"')
    return took, rows


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
        "commune and open state": {"commune": "13001", "state": "in_progress"},
        "service and open state": {"service": "voirie", "state": "assigned"},
        "box of a quarter": {"bbox": "5.375,43.290,5.395,43.305"},
        "box of a town": {"bbox": "5.30,43.20,5.50,43.40"},
        "box of everything": {"bbox": "4.5,43.0,6.0,44.0"},
        "half a year ago": {"created_until": _moment("created_at", "0.5")},
        "changes": {"updated_since": _moment("updated_at", "0.999")},
    }
    lists = [
        Case(f"API {name}", _address("/api/v1/reports", values | {"limit": str(_PAGE)}))
        for name, values in asked.items()
    ]
    pages = {
        "console inbox": "/console/",
        "console late": "/console/?state=late",
        "console received": "/console/?state=received",
        "console service": "/console/?service=eclairage",
        "console commune": "/console/?commune=13001",
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
    client = _client()
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


@contextmanager
def _step(name: str) -> Iterator[None]:
    begin = time.monotonic()
    print(f"… {name}", flush=True)
    yield
    print(f"  {name}: {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
