"""``manage apply_retention``: says what is over; ``--yes`` lets go of it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from agent_console.rights.retention import retention_apply, retention_report


class Command(BaseCommand):
    help = "Say how much of each kind of data is over (dry run); with --yes, let go of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="let go of it")

    def handle(self, *args: Any, **options: Any) -> None:
        done = retention_apply() if options["yes"] else retention_report()
        for one in done:
            self.stdout.write(f"{one.count:8} {one.rule.code} ({one.rule.days} days)")
        self.stdout.write("done" if options["yes"] else "dry run: nothing was touched")
