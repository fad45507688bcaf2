"""Management commands that both services have."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from ninja import NinjaAPI

from .openapi import openapi_differs, openapi_text


class ExportOpenApi(BaseCommand):
    """Writes ``path`` from ``api``, or with ``--check`` fails when it is no longer true."""

    help = "Write the API's description; with --check, fail when it differs."
    api: ClassVar[NinjaAPI]
    path: ClassVar[Path]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(openapi_text(self.api), encoding="utf-8")
        elif openapi_differs(self.api, self.path):
            raise CommandError(f"{self.path.name} is out of date: run export_openapi")
