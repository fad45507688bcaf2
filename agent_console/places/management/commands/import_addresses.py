"""``import_addresses``: load the Base Adresse Nationale; see ``docs/addresses.md``."""

import zlib
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from agent_console.places.ban.loading import LoadOvertaken, LoadResult, addresses_load
from agent_console.places.ban.rows import BadHeader
from agent_console.places.models import Commune

_SHOWN_BAD_LINES = 20


class Command(BaseCommand):
    help = "Load a Base Adresse Nationale CSV (plain or gzip); goes on where it was interrupted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="adresses-13.csv.gz, for one")
        parser.add_argument(
            "--source", default="BAN", help="whose data it is; updates replace the same source's"
        )
        parser.add_argument(
            "--prune",
            action="store_true",
            help="delete what this source brought earlier and this file no longer has; "
            "only for a file with all of the source's departments",
        )

    def handle(self, *args: Any, file: Path, source: str, prune: bool, **options: Any) -> None:
        if not Commune.objects.exists():
            raise CommandError("No communes yet: run seed_metropolis first.")
        started = monotonic()
        try:
            with tqdm(
                total=file.stat().st_size, unit="B", unit_scale=True, desc=file.name
            ) as progress:
                result = addresses_load(
                    path=file,
                    source=source,
                    prune=prune,
                    on_progress=lambda position: _show(progress, position),
                )
        except OSError as exc:
            raise CommandError(f"The file can't be read: {exc.strerror or exc}") from exc
        except (EOFError, zlib.error) as exc:
            raise CommandError("The gzip file is cut off or broken: download it again.") from exc
        except BadHeader as exc:
            raise CommandError(f"Not the national base's CSV; columns missing: {exc}") from exc
        except LoadOvertaken as exc:
            raise CommandError("Another command is loading this file.") from exc
        self._report(result, monotonic() - started)

    def _report(self, result: LoadResult, seconds: float) -> None:
        load = result.load
        if result.resumed_at:
            self.stdout.write(f"went on behind line {result.resumed_at}")
        lines = load.lines_done - max(result.resumed_at, 1)
        self.stdout.write(
            f"{load.kept_count} addresses kept, {load.elsewhere_count} of other communes, "
            f"{load.bad_count} bad lines, {result.deleted_count} deleted; "
            f"{lines} lines in {seconds:.1f} s ({lines / max(seconds, 0.001):.0f}/s)"
        )
        for number, code in load.bad_lines[:_SHOWN_BAD_LINES]:
            self.stdout.write(f"  line {number}: {code}")
        if load.bad_count > _SHOWN_BAD_LINES:
            self.stdout.write(f"  … and {load.bad_count - _SHOWN_BAD_LINES} more")


def _show(progress: "tqdm[Any]", position: int) -> None:
    progress.update(position - progress.n)
