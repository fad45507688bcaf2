"""What was given, exchanged, used and lost on each day: read from the journal, for statistics."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from .domain import AccountKind, EntryKind

PARIS = ZoneInfo("Europe/Paris")
DAYS_AT_ONCE = 92
# Ids are made a moment before their rows' dates, maybe by another machine's clock.
_SKEW = timedelta(days=1)
# Which account says how many points an entry is about.  Points that only change wallets, or that
# wait for a check, are neither given nor taken.
_TOLD_BY: dict[EntryKind, AccountKind] = {
    EntryKind.REWARD_POSTED: AccountKind.ISSUANCE,
    EntryKind.REWARD_GRANTED: AccountKind.ISSUANCE,
    EntryKind.CORRECTION_CREDITED: AccountKind.ISSUANCE,
    EntryKind.REWARD_REVERSED: AccountKind.ISSUANCE,
    EntryKind.CORRECTION_DEBITED: AccountKind.ISSUANCE,
    EntryKind.POINTS_RECOVERED: AccountKind.ISSUANCE,
    EntryKind.POINTS_EXPIRED: AccountKind.EXPIRY,
    EntryKind.POINTS_FORFEITED: AccountKind.EXPIRY,
    EntryKind.REDEMPTION_HELD: AccountKind.WALLET_HELD,
    EntryKind.REDEMPTION_RELEASED: AccountKind.WALLET_HELD,
    EntryKind.REDEMPTION_CAPTURED: AccountKind.PARTNER_EARNED,
    EntryKind.REDEMPTION_REFUNDED: AccountKind.PARTNER_EARNED,
    EntryKind.STATEMENT_CLOSED: AccountKind.SETTLEMENT,
}
_FIRST = """
SELECT created_at FROM ledger_journalentry
 WHERE id >= %(floor)s AND created_at >= %(since)s AND kind = ANY(%(kinds)s::text[])
 ORDER BY id LIMIT 1
"""
_BY_DAY = """
SELECT (entry.created_at AT TIME ZONE 'Europe/Paris')::date, entry.kind, count(*),
       coalesce(sum(moved.points), 0)
  FROM ledger_journalentry AS entry
  JOIN unnest(%(kinds)s::text[], %(accounts)s::text[]) AS told (kind, account)
    ON told.kind = entry.kind
 CROSS JOIN LATERAL (SELECT abs(sum(posting.points)) AS points
                       FROM ledger_posting AS posting
                       JOIN ledger_account AS account ON account.id = posting.account_id
                      WHERE posting.entry_id = entry.id AND account.kind = told.account) AS moved
 WHERE entry.id >= %(floor)s AND entry.id < %(ceiling)s
   AND entry.created_at >= %(since)s AND entry.created_at < %(until)s
 GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True, slots=True)
class DayMovement:
    """How many entries of a kind a day (Europe/Paris) has, and the points that they are about."""

    day: date
    kind: EntryKind
    entries: int
    points: int


@dataclass(frozen=True, slots=True)
class Movements:
    """In order of days; ``next_since``: where the rest begins, null when there is none yet.

    They are those from ``since`` to before ``until``; both null when there are none.
    """

    items: list[DayMovement]
    next_since: date | None
    since: date | None = None
    until: date | None = None


def movements(*, since: date) -> Movements:
    """The first ``DAYS_AT_ONCE`` days from the first one on or after ``since`` that has any."""
    first = _first_day(since)
    if first is None:
        return Movements([], None)
    until = first + timedelta(days=DAYS_AT_ONCE)
    with connection.cursor() as cursor:
        cursor.execute(
            _BY_DAY,
            {
                "kinds": [str(kind) for kind in _TOLD_BY],
                "accounts": [str(account) for account in _TOLD_BY.values()],
                **days_between(first, until),
            },
        )
        items = [
            DayMovement(day, EntryKind(kind), entries, int(points))
            for day, kind, entries, points in cursor.fetchall()
        ]
    return Movements(items, _first_day(until), first, until)


def days_between(first: date, until: date) -> dict[str, Any]:
    """Parameters that find the entries of days from ``first`` to before ``until``, by their ids."""
    return {
        "floor": _id_from(_midnight(first) - _SKEW),
        "ceiling": _id_from(_midnight(until) + _SKEW),
        "since": _midnight(first),
        "until": _midnight(until),
    }


def _first_day(since: date) -> date | None:
    with connection.cursor() as cursor:
        cursor.execute(
            _FIRST,
            {
                "kinds": [str(kind) for kind in _TOLD_BY],
                "floor": _id_from(_midnight(since) - _SKEW),
                "since": _midnight(since),
            },
        )
        row: tuple[datetime] | None = cursor.fetchone()
    return row[0].astimezone(PARIS).date() if row else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=PARIS)


def _id_from(moment: datetime) -> uuid.UUID:
    """No version 7 id made at ``moment`` or later is smaller."""
    return uuid.UUID(int=max(0, int(moment.timestamp() * 1000)) << 80)
