"""Quiet hours: when a notice would ring at somebody's home, and until when it waits."""

from datetime import date, datetime, time, timedelta

from agent_console.french_days import PARIS, is_public_holiday, on_the_wall

from .models import QuietHours

_DAYS_AHEAD_MAX = 10  # no run of Sundays and holidays is longer; rules without an end stop here
_SUNDAY = 6


def quiet_hours() -> QuietHours:
    """The rules in force; the defaults until a supervisor has changed them."""
    return QuietHours.objects.first() or QuietHours()


def quiet_until(at: datetime, rules: QuietHours) -> datetime | None:
    """The end of the quiet time that ``at`` lies in; ``None`` when people may be told now."""
    wall = on_the_wall(at)
    if not _is_quiet(wall, rules):
        return None
    for days in range(_DAYS_AHEAD_MAX + 1):
        day = wall.date() + timedelta(days=days)
        if _is_day_off(day, rules):
            continue
        opens = _at(day, rules.ends_at if rules.starts_at != rules.ends_at else time.min)
        if opens > wall and not _is_quiet(opens, rules):
            return opens
    return _at(wall.date() + timedelta(days=_DAYS_AHEAD_MAX), rules.ends_at)


def _is_quiet(wall: datetime, rules: QuietHours) -> bool:
    if _is_day_off(wall.date(), rules):
        return True
    now, starts, ends = wall.time(), rules.starts_at, rules.ends_at
    if starts <= ends:
        return starts <= now < ends
    return now >= starts or now < ends


def _is_day_off(day: date, rules: QuietHours) -> bool:
    return (rules.are_sundays_quiet and day.weekday() == _SUNDAY) or (
        rules.are_holidays_quiet and is_public_holiday(day)
    )


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=PARIS)
