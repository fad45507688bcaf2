"""The worker's jobs of nudge money."""

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .announcements import expiry_announce
from .campaigns import campaigns_tell

_RETRY = Backoff(attempts=6, longest_s=120)  # the next run comes within the hour


# Several times in the day, so that a worker that was down misses nothing; never at night in Paris.
@app.periodic(cron="20 8-16 * * *")
@app.task(name="nudges.expiry", lock="nudges.expiry", retry=_RETRY)
@closing_connections
def expiry(timestamp: int) -> None:
    expiry_announce()


@app.periodic(cron="*/10 * * * *")
@app.task(name="nudges.campaigns", lock="nudges.campaigns", retry=_RETRY)
@closing_connections
def campaigns(timestamp: int) -> None:
    """Every ten minutes: the next people of the campaigns that run."""
    campaigns_tell(now=timezone.now())
