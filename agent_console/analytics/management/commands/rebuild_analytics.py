"""``rebuild_analytics``: every episode and total again, from what is stored."""

import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from agent_console.analytics.impact.daily import deposits_count, reports_count
from agent_console.analytics.models import Episode
from agent_console.analytics.points import points_rebuild
from agent_console.analytics.services import analytics_rebuild
from agent_console.wallet.http import WalletError


class Command(BaseCommand):
    help = "Make every episode and every daily total again (docs/analytics.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        analytics_rebuild(now=timezone.now())
        reports_count(whole=True)
        deposits_count()
        counted = Episode.objects.count()
        try:
            points_rebuild()
        except WalletError:
            self.stderr.write("Le portefeuille ne répond pas : les points restent ceux d’avant.")
        self.stdout.write(f"{counted} contacts comptés en {time.monotonic() - started:.0f} s.")
