"""Which days a page is about, and which ones they are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dateparse import parse_date

DAYS_DEFAULT = 30
DAYS_MAX = 732


@dataclass(frozen=True)
class Period:
    """From ``first`` to ``last``, both included, days of Europe/Paris."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def before(self) -> Period:
        """As many days just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def query(self) -> str:
        """It in an address."""
        return f"du={self.first.isoformat()}&au={self.last.isoformat()}"


class PeriodInvalid(ValueError):
    """``period_invalid``: no such days, or too many of them."""

    code = "period_invalid"


def period_of(fields: Mapping[str, str], *, today: date) -> Period:
    """The period that an address asks for; without any the last 30 days up to ``today``.

    Raises ``PeriodInvalid``.
    """
    if not (fields.get("du") or fields.get("au")):
        return last_days(DAYS_DEFAULT, today=today)
    try:
        first, last = parse_date(fields.get("du", "")), parse_date(fields.get("au", ""))
    except ValueError as error:
        raise PeriodInvalid from error
    if first is None or last is None or not 1 <= (last - first).days + 1 <= DAYS_MAX:
        raise PeriodInvalid
    if first.year < 2000 or last.year > 2200:
        raise PeriodInvalid
    return Period(first, last)


def last_days(count: int, *, today: date) -> Period:
    """``count`` days, the last of which is ``today``."""
    return Period(today - timedelta(days=count - 1), today)
