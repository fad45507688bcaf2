"""``export_roles``: the table of roles and permissions in the documentation of staff access."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agent_console.config.roles import ROLES

PATH = Path(__file__).resolve().parents[4] / "docs" / "staff-access.md"
BEGIN, END = "<!-- roles: written by export_roles -->\n", "<!-- end of roles -->\n"


class Command(BaseCommand):
    """Writes the table into ``PATH``, or with ``--check`` fails when the code says otherwise."""

    help = "Write the table of roles and permissions; with --check, fail when it differs."
    path = PATH

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail on drift")

    def handle(self, *args: Any, **options: Any) -> None:
        text = self.path.read_text(encoding="utf-8")
        before, begin, rest = text.partition(BEGIN)
        _, end, after = rest.partition(END)
        if not (begin and end):
            raise CommandError(f"{self.path.name} has no place for the roles")
        wanted = before + BEGIN + roles_table() + END + after
        if not options["check"]:
            self.path.write_text(wanted, encoding="utf-8")
        elif text != wanted:
            raise CommandError(f"{self.path.name} is out of date: run export_roles")


def roles_table() -> str:
    """Markdown: a row for each permission that a role holds, or that was made for one to hold.

    Its words are those of the model that brings it; what Django names by itself has none.
    """
    words = {
        f"{model._meta.app_label}.{code}": name
        for model in apps.get_models()
        for code, name in model._meta.permissions
    }
    codes = sorted({*words, *(code for held in ROLES.values() for code in held)})
    rows = [
        ["permission", "in words", *ROLES],
        ["---", "---", *(":-:" for _ in ROLES)],
        *(
            [
                f"`{code}`",
                words.get(code, ""),
                *("✓" if code in held else "" for held in ROLES.values()),
            ]
            for code in codes
        ),
    ]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
