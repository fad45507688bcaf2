"""The worker's jobs of photos."""

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .services import photos_purge

_RETRY = Backoff(attempts=5, longest_s=60)
_AT_ONCE = 200


@app.periodic(cron="17 * * * *")
@app.task(name="photos.purge", lock="photos.purge", retry=_RETRY)
@closing_connections
def purge(timestamp: int) -> None:
    """Every hour: photos that were sent and never used."""
    while photos_purge(now=timezone.now(), limit=_AT_ONCE) == _AT_ONCE:
        pass
