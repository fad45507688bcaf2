"""The worker's job of analytics."""

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .impact.computing import effects_update
from .impact.daily import deposits_count, reports_count
from .points import points_update
from .services import episodes_update

_SOON = Backoff(attempts=3, longest_s=60)  # the next run comes in ten minutes


@app.periodic(cron="*/10 * * * *")
@app.task(name="analytics.update", lock="analytics.update", retry=_SOON)
@closing_connections
def update(timestamp: int) -> None:
    """Every ten minutes: what ended since, and what went on after it had ended."""
    episodes_update(now=timezone.now())


@app.periodic(cron="5-59/10 * * * *")
@app.task(name="analytics.points", lock="analytics.points", retry=_SOON)
@closing_connections
def points(timestamp: int) -> None:
    """Every ten minutes: what was done with points since."""
    points_update()


@app.periodic(cron="15 * * * *")
@app.task(name="analytics.impact", lock="analytics.impact", retry=_SOON)
@closing_connections
def impact(timestamp: int) -> None:
    """Every hour, and once a supervisor said something: reports and sorted glass by day, and what
    rewards changed."""
    reports_count()
    deposits_count()
    effects_update(now=timezone.now())
