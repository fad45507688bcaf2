"""The worker process: ``python -m agent_console.manage work``."""

import threading
from typing import Any

from django.core.management.base import BaseCommand
from procrastinate.contrib.django import app

from agent_console.masking.names import model_prepare
from agent_console.reports.mail import said_at_start
from channels_config.kit.status import said_at_start as channels_said_at_start
from service_kit.jobs import run_worker


class Command(BaseCommand):
    help = "Run the job worker, and put jobs of dead workers back into the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        for line in (*said_at_start(), *channels_said_at_start()):
            self.stdout.write(line)
        self.stdout.flush()  # a log file is written in blocks, and few follow
        # Ready for the first report, also after a restart, without holding up any other job.
        threading.Thread(target=model_prepare, name="language-model", daemon=True).start()
        run_worker(app)
