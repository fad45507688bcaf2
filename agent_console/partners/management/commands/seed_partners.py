"""``seed_partners``: a demo partner, its offers and the demo cashier; the wallet must answer."""

from typing import Any

from django.core.management.base import BaseCommand

from agent_console.partners.seeding import partners_seed


class Command(BaseCommand):
    help = "Make the demo partner, its offers and its cashier, where demo accounts exist."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in partners_seed():
            self.stdout.write(line)
