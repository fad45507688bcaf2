"""``simulate``: a year of a believable city, and its removal."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from agent_console.french_days import on_the_wall
from agent_console.reports.models import Report
from agent_console.simulation.city import CITY_FILE
from agent_console.simulation.errors import SimulationError
from agent_console.simulation.removing import simulation_remove
from agent_console.simulation.services import simulate


class Command(BaseCommand):
    help = "Fill the database with a simulated year of reports (docs/simulation.md), or remove it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reports", type=int, default=220_000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same city")
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DAY", help="the day after the year's last"
        )
        parser.add_argument("--city", type=Path, default=CITY_FILE, help="distributions, YAML")
        parser.add_argument("--remove", action="store_true", help="delete what was simulated")
        parser.add_argument(
            "--yes-really", action="store_true", help="although PUBLIC_BASE_URL is https"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PUBLIC_BASE_URL.startswith("https:") and not options["yes_really"]:
            raise CommandError(
                "PUBLIC_BASE_URL est en https : ce serveur sert de vraies personnes "
                "(--yes-really pour simuler quand même)."
            )
        _refuse_unless_owner()
        started = time.monotonic()
        with ExitStack() as bars:
            try:
                done = self._run(options, self._progress(bars))
            except SimulationError as refusal:
                raise CommandError(refusal.message) from refusal
        peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        self.stdout.write(f"{done} en {time.monotonic() - started:.0f} s, {peak_mib} Mio au plus.")

    def _run(self, options: dict[str, Any], progress: Callable[..., Any]) -> str:
        if options["remove"]:
            return f"{simulation_remove(progress=progress)} signalements simulés supprimés"
        year = simulate(
            reports=options["reports"],
            seed=options["seed"],
            until=options["until"] or on_the_wall(timezone.now()).date(),
            city_file=options["city"],
            progress=progress,
        )
        return f"{len(year.planned)} signalements de {len(year.authors)} habitants simulés"

    def _progress(self, bars: ExitStack) -> Callable[[str, int], Callable[[int], object]]:
        def begin(what: str, total: int) -> Callable[[int], object]:
            bar = bars.enter_context(tqdm(total=total, desc=what, unit="", file=self.stderr))
            return bar.update

        return begin


def _refuse_unless_owner() -> None:
    """The runtime role waits at most 15 s for a statement, and may not remove history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(current_user, relowner, 'USAGE') FROM pg_class"
            " WHERE oid = %s::regclass",
            [Report._meta.db_table],
        )
        (is_owner,) = cursor.fetchone()
    if not is_owner:
        raise CommandError("Il faut le rôle propriétaire : MDMP_DB_ROLE=owner.")
