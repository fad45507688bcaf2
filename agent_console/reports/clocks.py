"""Deadlines on their clock; pure: times in, a time out.

``always`` counts every hour.  On ``working``, 24 hours are one working day (the taxonomy's own
words: 48 are two working days): a day of service counts as 24, however long the doors are open,
and a part of it in proportion.  Public holidays and closed weekdays count nothing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta

from agent_console.french_days import PARIS, on_the_wall

from .models.taxonomy import Clock

type Hours = Mapping[int, tuple[time, time]]
_HOURS_A_DAY = 24
_DAYS_AHEAD_MAX = 3660  # rules that never open give no deadline instead of an endless search


def deadline(
    start: datetime,
    *,
    target_hours: float,
    clock: str,
    hours: Hours,
    is_holiday: Callable[[date], bool],
) -> datetime | None:
    """When ``target_hours`` have passed since ``start`` (aware), in UTC.

    ``hours``: weekday (Monday 0) → opening and closing time, Europe/Paris; a weekday that is
    missing is closed.  ``None`` when the services never open.
    """
    if clock == Clock.ALWAYS:
        return start.astimezone(UTC) + timedelta(hours=target_hours)
    wall = on_the_wall(start)
    left = target_hours / _HOURS_A_DAY  # in days of service
    for days in range(_DAYS_AHEAD_MAX):
        day = wall.date() + timedelta(days=days)
        if day.weekday() not in hours or is_holiday(day):
            continue
        if days and left > 1:
            left -= 1  # a whole day of service, whatever its hours
            continue
        opens, closes = (datetime.combine(day, hour, tzinfo=PARIS) for hour in hours[day.weekday()])
        length = closes - opens
        begins = max(opens, wall) if days == 0 else opens
        available = (closes - begins) / length
        if available <= 0:
            continue
        if left <= available:
            return (begins + left * length).astimezone(UTC)
        left -= available
    return None
