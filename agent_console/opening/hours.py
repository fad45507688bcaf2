"""The rule itself, without a database: is somebody there, and when again?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from agent_console.french_days import PARIS, is_public_holiday, on_the_wall

MIDNIGHT = time(0)
_DAYS_AHEAD_MAX = 366  # a desk that stays closed for longer never opens, as far as anybody is told
_HOLIDAY = 7  # models.DayKind


@dataclass(frozen=True)
class Span:
    """From and until, on the clock of Paris; until midnight is the day's end."""

    opens: time
    closes: time

    @property
    def is_all_day(self) -> bool:
        return self.opens == self.closes == MIDNIGHT

    def holds(self, moment: time) -> bool:
        return self.opens <= moment and (self.closes == MIDNIGHT or moment < self.closes)


@dataclass(frozen=True)
class Exceptional:
    """What holds on some days instead of the week; ``span`` is ``None`` when nobody is there."""

    first_day: date
    last_day: date
    span: Span | None
    reason: str = ""


@dataclass(frozen=True)
class DeskHours:
    """``week``: eight entries, Monday to Sunday and then public holidays; ``None`` is closed."""

    week: Sequence[Span | None]
    exceptions: Sequence[Exceptional] = ()

    def on(self, day: date) -> Span | None:
        """The hours of one day: an exception, else a holiday's, else the weekday's."""
        special = self.exception_on(day)
        if special is not None:
            return special.span
        return self.week[_HOLIDAY if is_public_holiday(day) else day.weekday()]

    def exception_on(self, day: date) -> Exceptional | None:
        """The exception of a day; of several the one of fewest days."""
        found = [one for one in self.exceptions if one.first_day <= day <= one.last_day]
        return min(found, key=lambda one: one.last_day - one.first_day, default=None)

    def is_open(self, at: datetime) -> bool:
        """Whether somebody answers at ``at`` (aware)."""
        wall = on_the_wall(at)
        span = self.on(wall.date())
        return span is not None and span.holds(wall.time())

    def next_opening(self, at: datetime) -> datetime | None:
        """``at`` when it is open then, else when it opens again (aware, Europe/Paris).

        ``None`` when it does not within a year.
        """
        if self.is_open(at):
            return at
        today = on_the_wall(at).date()
        for days in range(_DAYS_AHEAD_MAX + 1):
            day = today + timedelta(days=days)
            span = self.on(day)
            if span is None:
                continue
            opening = datetime.combine(day, span.opens, tzinfo=PARIS)
            if opening > at:
                return opening
        return None


def hours_parse(text: str) -> DeskHours:
    """``8-18``: whole hours, Monday to Friday; ``0-24``: day and night, every day.

    Raises ``ValueError`` for what are no hours.
    """
    opens, _, closes = text.partition("-")
    first, last = int(opens), int(closes)
    if not 0 <= first < last <= 24:
        raise ValueError("HELP_DESK_HOURS must be two hours of the day, as 8-18")
    span = Span(time(first), time(last % 24))
    if span.is_all_day:
        return DeskHours([span] * 8)
    return DeskHours([span] * 5 + [None] * 3)
