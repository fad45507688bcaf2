"""Points' lots: which are taken first, and when they expire.  Pure: standard library only.

Every credit to the spendable balance is a lot with a date; debits take the oldest first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Announcements go out this long before points expire, and expiry waits at least the second span
# after the announcement was dealt with.
ANNOUNCE_BEFORE = timedelta(days=60)
NOTICE_PERIOD = timedelta(days=30)

_CITY = ZoneInfo("Europe/Paris")
_MONTHS_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class OpenLot:
    """A lot with points left."""

    id: int
    points: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Taken:
    """Points taken from a lot, or put back into it: ``points`` is positive either way."""

    lot: int
    points: int


def take_oldest(lots: Iterable[OpenLot], *, points: int) -> list[Taken]:
    """Take up to ``points`` from the lots, the one that expires first before the others.

    Takes less only when the lots hold less.
    """
    taken: list[Taken] = []
    for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.id)):
        part = min(lot.points, points)
        if part > 0:
            taken.append(Taken(lot.id, part))
            points -= part
    return taken


def expiry_of_credit(*, now: datetime, lifetime_months: int) -> datetime:
    """When points credited ``now`` expire: after that many full months, at a month's first instant
    in the city's time (UTC)."""
    local = now.astimezone(_CITY)
    years, month = divmod(local.month + lifetime_months, _MONTHS_A_YEAR)
    return datetime(local.year + years, month + 1, 1, tzinfo=_CITY).astimezone(UTC)
