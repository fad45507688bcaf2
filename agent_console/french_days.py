"""Days off in France and the clock on the wall: from a library, not from a list of ours."""

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import holidays

PARIS = ZoneInfo("Europe/Paris")


@cache
def _days_off() -> holidays.HolidayBase:
    return holidays.country_holidays("FR")


def is_public_holiday(day: date) -> bool:
    """Whether ``day`` is a public holiday in metropolitan France without Alsace and Moselle."""
    return day in _days_off()


def on_the_wall(at: datetime) -> datetime:
    """An aware moment as clocks in France show it."""
    return at.astimezone(PARIS)
