"""Reads of the hours."""

from datetime import date, time

from django.conf import settings
from django.utils import timezone

from .hours import DeskHours, Exceptional, Span, hours_parse
from .models import DayKind, DeskDay, DeskException


def desk_hours() -> DeskHours:
    """The hours in force and the exceptions to come; until a first load, ``HELP_DESK_HOURS``."""
    rows = {row.kind: _span(row.opens_at, row.closes_at) for row in DeskDay.objects.all()}
    week = [rows.get(kind) for kind in DayKind.values] if rows else default_hours().week
    return DeskHours(week, exceptions_from(timezone.localdate()))


def exceptions_from(day: date) -> list[Exceptional]:
    """Those that are not over on ``day``, the next first."""
    return [
        Exceptional(row.first_day, row.last_day, _span(row.opens_at, row.closes_at), row.reason)
        for row in DeskException.objects.filter(last_day__gte=day)
    ]


def default_hours() -> DeskHours:
    """What the installation begins with."""
    return hours_parse(settings.HELP_DESK_HOURS)


def _span(opens: time | None, closes: time | None) -> Span | None:
    return None if opens is None or closes is None else Span(opens, closes)
