"""``export_asyncapi``: the chat protocol's description."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_config.web.asyncapi import document_text

PATH = Path(__file__).resolve().parents[4] / "docs" / "api" / "chat.asyncapi.json"


class Command(BaseCommand):
    """Writes ``PATH`` from the protocol's models, or with ``--check`` fails when it differs."""

    help = "Write the chat protocol's description; with --check, fail when it differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["check"]:
            PATH.write_text(document_text(), encoding="utf-8")
        elif not PATH.exists() or PATH.read_text(encoding="utf-8") != document_text():
            raise CommandError(f"{PATH.name} is out of date: run export_asyncapi")
