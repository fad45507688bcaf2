"""The worker process: ``python -m agent_console.manage work``."""

from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from service_kit.jobs import run_worker


class Command(BaseCommand):
    help = "Run the job worker, and put jobs of dead workers back into the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        run_worker(app)
