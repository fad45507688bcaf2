"""The worker process: ``python -m wallet_service.manage work``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from service_kit.jobs import run_worker


class Command(BaseCommand):
    help = "Do what the wallet does by the clock: lapse holds, post due rewards, expire points."

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(app)
