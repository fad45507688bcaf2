"""The days of a weekly pattern, French public holidays left out."""

from collections.abc import Sequence
from datetime import date, datetime, time

import holidays
from dateutil.rrule import WEEKLY, rrule


def pattern_days(
    *,
    weekdays: Sequence[int],
    interval_weeks: int,
    starts_on: date,
    ends_on: date | None,
    first: date,
    last: date,
) -> list[date]:
    """Days from ``first`` to ``last`` (both included) on which the pattern opens a slot.

    ``weekdays``: 0 is Monday.  The count of weeks starts in the week of ``starts_on``.  Public
    holidays are those of metropolitan France (library ``holidays``), Easter included.
    """
    until = min(last, ends_on) if ends_on else last
    rule = rrule(
        WEEKLY,
        interval=interval_weeks,
        byweekday=sorted(set(weekdays)),
        dtstart=datetime.combine(starts_on, time()),
        until=datetime.combine(until, time()),
    )
    after = datetime.combine(max(first, starts_on), time())
    days = [moment.date() for moment in rule.xafter(after, inc=True)]
    closed = public_holidays(years=sorted({day.year for day in days}))
    return [day for day in days if day not in closed]


def public_holidays(*, years: Sequence[int]) -> dict[date, str]:
    """French public holidays by day."""
    return dict(holidays.country_holidays("FR", years=list(years), language="fr"))
