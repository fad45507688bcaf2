"""The worker's jobs of nudge money."""

from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .announcements import expiry_announce

_RETRY = Backoff(attempts=6, longest_s=120)  # the next run comes within the hour


# Several times in the day, so that a worker that was down misses nothing; never at night in Paris.
@app.periodic(cron="20 8-16 * * *")
@app.task(name="nudges.expiry", lock="nudges.expiry", retry=_RETRY)
@closing_connections
def expiry(timestamp: int) -> None:
    expiry_announce()
