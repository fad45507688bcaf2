"""``export_training FILE``: accepted corrections as training data for the assistant."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agent_console.training.errors import NothingToExport
from agent_console.training.models import Export
from agent_console.training.services import export_make


class Command(BaseCommand):
    help = "Write corrections accepted since the last export to FILE (docs/analytics.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="is written over")
        parser.add_argument("--number", type=int, help="write a past export again instead")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        if not file.absolute().parent.is_dir():
            raise CommandError(f"{file.parent} : ce dossier n’existe pas.")
        export = self._export(options["number"])
        try:
            file.write_text(export.content, encoding="utf-8")
        except OSError as error:
            again = f"recommencez avec --number {export.pk}"
            raise CommandError(f"{file} : {error.strerror} ; {again}.") from error
        self.stdout.write(f"Export n° {export.pk} : {export.count} phrases dans {file}.")

    def _export(self, number: int | None) -> Export:
        if number is None:
            try:
                return export_make(actor=None)
            except NothingToExport as refusal:
                raise CommandError(refusal.message) from refusal
        found = Export.objects.filter(pk=number).first()
        if found is None:
            raise CommandError(f"Il n’y a pas d’export n° {number}.")
        return found
