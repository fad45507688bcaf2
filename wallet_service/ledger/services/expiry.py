"""Points expire: announced beforehand, then burned.

A lot that is about to expire is announced once; whoever tells people acknowledges it, and the lot
expires at its date, but never before the notice period after that acknowledgement.  The database
compares both with its own clock (``migrations/0007_expiry_after_notice``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from ..domain import NoticeOutcome, points_expired, shard_of
from ..errors import NoticeAcknowledged, NoticeUnknown
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write, wallets_lock
from ..lots import ANNOUNCE_BEFORE, NOTICE_PERIOD, Taken
from ..models import ExpiryNotice, LotNotice
from ..one_by_one import Failures


@dataclass(frozen=True, slots=True)
class DueNotice:
    """``points`` of the wallet expire at ``expires_at``: tell its citizen, then acknowledge."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    expires_at: datetime
    points: int


_UNANNOUNCED_WALLETS = """
SELECT lot.wallet_id
  FROM ledger_lot AS lot
 WHERE lot.remaining_points > 0 AND lot.expires_at < %(until)s
   AND NOT EXISTS (SELECT FROM ledger_lotnotice AS notice WHERE notice.lot_id = lot.id)
 GROUP BY lot.wallet_id, lot.expires_at
 ORDER BY lot.expires_at, lot.wallet_id LIMIT %(limit)s
"""
# Lots of a wallet that expire together are announced together, with what is held of them for
# vouchers: unless these are used, their points come back and expire with the others.
_UNANNOUNCED = """
SELECT lot.wallet_id, lot.expires_at, sum(lot.remaining_points + coalesce(held.points, 0)),
       array_agg(lot.id)
  FROM ledger_lot AS lot
  LEFT JOIN LATERAL (
       SELECT -sum(movement.points) AS points
         FROM ledger_account AS account
         JOIN ledger_journalentry AS hold
           ON hold.wallet_id = account.wallet_id AND hold.kind = 'redemption_held'
         JOIN ledger_lotmovement AS movement
           ON movement.entry_id = hold.id AND movement.lot_id = lot.id
        WHERE account.wallet_id = lot.wallet_id AND account.kind = 'wallet_held'
          AND account.balance_points > 0
          AND NOT EXISTS (SELECT FROM ledger_journalentry AS ended
                           WHERE ended.corrects_id = hold.id)) AS held ON true
 WHERE lot.remaining_points > 0 AND lot.expires_at < %(until)s
   AND NOT EXISTS (SELECT FROM ledger_lotnotice AS notice WHERE notice.lot_id = lot.id)
   AND lot.wallet_id = ANY(%(wallets)s::uuid[])
 GROUP BY lot.wallet_id, lot.expires_at
 ORDER BY lot.expires_at, lot.wallet_id LIMIT %(limit)s
"""
# By the earlier of two clocks, ours and the database's, which refuses what is too early by its own.
_EXPIRED = """
SELECT lot.id, lot.wallet_id, lot.remaining_points
  FROM ledger_lot AS lot
  JOIN ledger_lotnotice AS announced ON announced.lot_id = lot.id
  JOIN ledger_expirynotice AS notice ON notice.id = announced.notice_id
 WHERE lot.remaining_points > 0 AND lot.expires_at <= least(%(now)s, now())
   AND notice.acknowledged_at <= least(%(now)s, now()) - %(notice)s
   AND (%(wallet)s::uuid IS NULL OR lot.wallet_id = %(wallet)s)
 ORDER BY lot.expires_at, lot.id LIMIT %(limit)s
"""


def expiry_notices_due(*, now: datetime, limit: int) -> list[DueNotice]:
    """At most ``limit`` announcements that nobody has acknowledged, the oldest first.

    Lots that will expire soon and are not announced get their notice here, in one transaction:
    asking again gives the same notices until they are acknowledged.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_UNANNOUNCED_WALLETS, {"until": now + ANNOUNCE_BEFORE, "limit": limit})
            wallets = [wallet_id for (wallet_id,) in cursor.fetchall()]
        # Nobody takes points from a lot, or puts them back, while it is announced.
        wallets_lock(*wallets)
        _announce(wallets, now=now, limit=limit)
    waiting = ExpiryNotice.objects.filter(acknowledged_at__isnull=True).order_by("id")[:limit]
    return [
        DueNotice(notice.id, notice.wallet_id, notice.expires_at, notice.points)
        for notice in waiting
    ]


def expiry_notice_acknowledge(*, notice_id: uuid.UUID, outcome: NoticeOutcome) -> None:
    """Keep what became of the announcement; the notice period runs from now.

    The same outcome again changes nothing.  Raises ``NoticeUnknown``, ``NoticeAcknowledged``.
    """
    acknowledged = ExpiryNotice.objects.filter(id=notice_id, acknowledged_at__isnull=True).update(
        outcome=outcome, acknowledged_at=Now()
    )
    if not acknowledged:
        known = ExpiryNotice.objects.filter(id=notice_id).values_list("outcome", flat=True).first()
        if known is None:
            raise NoticeUnknown
        if known != outcome:
            raise NoticeAcknowledged


def points_expire_due(*, now: datetime, limit: int) -> int:
    """Expire lots whose date has come, announced long enough ago; returns how many lots.

    Each wallet is a transaction of its own, at most ``limit`` lots in all: a crash leaves the
    others for the next call.  One that fails keeps the others from nothing; the first error is
    raised at the end.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRED, _due(now, wallet_id=None, limit=limit))
        wallets = list(dict.fromkeys(wallet for _, wallet, _ in cursor.fetchall()))
    failures = Failures()
    expired = 0
    for wallet_id in wallets:
        if expired >= limit:
            break
        with failures.kept("points can't expire", wallet_id=wallet_id), transaction.atomic():
            expired += _expire(wallet_id, now=now, limit=limit - expired)
    failures.raise_first()
    return expired


def returned_points_expire(*, wallet_id: uuid.UUID, shard: int) -> None:
    """Deal with the dates of points that came back, in the transaction that gave them back.

    The wallet's lock is held; ``shard`` is that of the entry before.
    """
    now = timezone.now()
    _announce([wallet_id], now=now, limit=None)
    _expire_locked(wallet_id, now=now, limit=None, shard=shard)


def _announce(wallets: Sequence[uuid.UUID], *, now: datetime, limit: int | None) -> None:
    """Write the notices of these wallets' lots that expire soon and have none."""
    with connection.cursor() as cursor:
        cursor.execute(
            _UNANNOUNCED,
            {"until": now + ANNOUNCE_BEFORE, "limit": limit, "wallets": list(wallets)},
        )
        found = cursor.fetchall()
    made = [
        (
            ExpiryNotice(
                id=time_ordered_uuid(), wallet_id=wallet_id, expires_at=expires_at, points=points
            ),
            lots,
        )
        for wallet_id, expires_at, points, lots in found
    ]
    ExpiryNotice.objects.bulk_create([notice for notice, _ in made])
    LotNotice.objects.bulk_create(
        [LotNotice(lot_id=lot, notice=notice) for notice, lots in made for lot in lots]
    )


def _expire(wallet_id: uuid.UUID, *, now: datetime, limit: int) -> int:
    wallets_lock(wallet_id)
    return _expire_locked(wallet_id, now=now, limit=limit)


def _expire_locked(
    wallet_id: uuid.UUID, *, now: datetime, limit: int | None, shard: int | None = None
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRED, _due(now, wallet_id=wallet_id, limit=limit))
        taken = [Taken(lot, points) for lot, _, points in cursor.fetchall()]
    if not taken:
        return 0
    entry = time_ordered_uuid()
    operation = points_expired(points=sum(part.points for part in taken))
    entries_write(
        [Draft(entry, operation, wallet_id, taken=taken)],
        shard=shard_of(entry) if shard is None else shard,
    )
    return len(taken)


def _due(now: datetime, *, wallet_id: uuid.UUID | None, limit: int | None) -> dict[str, Any]:
    return {"now": now, "notice": NOTICE_PERIOD, "wallet": wallet_id, "limit": limit}
