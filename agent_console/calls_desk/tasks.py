"""The worker's job of calls."""

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .services import drafts_purge

_RETRY = Backoff(attempts=5, longest_s=60)


@app.periodic(cron="41 * * * *")
@app.task(name="calls_desk.purge", lock="calls_desk.purge", retry=_RETRY)
@closing_connections
def purge(timestamp: int) -> None:
    """Every hour: drafts that were discarded or left alone."""
    drafts_purge(now=timezone.now())
