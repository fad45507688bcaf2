"""The worker's jobs of pickups: parse, call."""

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .services.reminders import reminder_ask, reminders_due
from .services.slots import slots_open_ahead

_SOON = Backoff(attempts=5, longest_s=60)  # the next run comes soon


@app.periodic(cron="*/10 * * * *")
@app.task(name="pickups.reminders", lock="pickups.reminders", retry=_SOON)
@closing_connections
def reminders(timestamp: int) -> None:
    """Every ten minutes of the evening: those of tomorrow who were not asked yet."""
    now = timezone.now()
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    for booking_id in reminders_due(now=now):
        reminder_ask(booking_id=booking_id, tomorrow=tomorrow)


@app.periodic(cron="20 2 * * *")
@app.task(name="pickups.slots_open", lock="pickups.slots_open", retry=_SOON)
@closing_connections
def slots_open(timestamp: int) -> None:
    """Every night: the slots that recurring rules open."""
    slots_open_ahead(today=timezone.localdate())
