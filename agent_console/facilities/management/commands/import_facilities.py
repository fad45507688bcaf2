"""``import_facilities FILE``: drop-off points and recycling centres from CSV or GeoJSON."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from agent_console.facilities.errors import FileInvalid, TooManyRetired
from agent_console.facilities.importing.services import DEFAULT_SOURCE, import_run
from agent_console.facilities.vocabulary import Kind


class Command(BaseCommand):
    help = "Import facilities from FILE (columns: docs/facilities.md); all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="CSV or GeoJSON, UTF-8")
        parser.add_argument(
            "--kind", choices=Kind.values, default="", help="what every row is; limits retirement"
        )
        parser.add_argument(
            "--source", default=DEFAULT_SOURCE, help="who keeps the file; ids are unique in it"
        )
        parser.add_argument(
            "--partial", action="store_true", help="rows that are missing are not retired"
        )
        parser.add_argument(
            "--accept-retirements", action="store_true", help="even if most would be retired"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(f"{file} : illisible ({error.strerror}).") from error
        try:
            plan = import_run(
                content=content,
                file_name=file.name,
                source=options["source"],
                kind=options["kind"],
                is_full=not options["partial"],
                is_dry=options["dry_run"],
                accept_retirements=options["accept_retirements"],
                progress=self._progress,
            )
        except FileInvalid as refusal:
            lines = [refusal.message, *map(str, refusal.rows)]
            raise CommandError("\n  ".join(lines)) from refusal
        except TooManyRetired as refusal:
            raise CommandError(f"{refusal.message} (--accept-retirements, --partial)") from refusal
        did = "Aperçu, rien n’est enregistré" if options["dry_run"] else "Import terminé"
        self.stdout.write(
            f"{did} : {len(plan.new)} nouveaux, {len(plan.changed)} modifiés, "
            f"{len(plan.unchanged)} inchangés, {len(plan.retired)} retirés."
        )

    def _progress(self, batches: Sequence[Sequence[object]]) -> Iterable[Sequence[object]]:
        with tqdm(
            total=sum(map(len, batches)), unit=" points", desc="Import", file=self.stderr
        ) as bar:
            for batch in batches:
                yield batch
                bar.update(len(batch))
