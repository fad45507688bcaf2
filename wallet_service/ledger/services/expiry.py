"""Points expire: announced beforehand, then burned.

A lot that is about to expire is announced once; whoever tells people acknowledges it, and the lot
expires at its date, but never before the notice period after that acknowledgement.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
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


# Lots of a wallet that expire together are announced together.
_UNANNOUNCED = """
SELECT lot.wallet_id, lot.expires_at, sum(lot.remaining_points), array_agg(lot.id)
  FROM ledger_lot AS lot
 WHERE lot.remaining_points > 0 AND lot.expires_at < %(until)s
   AND NOT EXISTS (SELECT FROM ledger_lotnotice AS notice WHERE notice.lot_id = lot.id)
   AND (%(wallets)s::uuid[] IS NULL OR lot.wallet_id = ANY(%(wallets)s::uuid[]))
 GROUP BY lot.wallet_id, lot.expires_at
 ORDER BY lot.expires_at, lot.wallet_id LIMIT %(limit)s
"""
_EXPIRED = """
SELECT lot.id, lot.wallet_id, lot.remaining_points
  FROM ledger_lot AS lot
  JOIN ledger_lotnotice AS announced ON announced.lot_id = lot.id
  JOIN ledger_expirynotice AS notice ON notice.id = announced.notice_id
 WHERE lot.remaining_points > 0 AND lot.expires_at <= %(now)s
   AND notice.acknowledged_at <= %(acknowledged)s
   AND (%(wallet)s::uuid IS NULL OR lot.wallet_id = %(wallet)s)
 ORDER BY lot.expires_at, lot.id LIMIT %(limit)s
"""


def expiry_notices_due(*, now: datetime, limit: int) -> list[DueNotice]:
    """At most ``limit`` announcements that nobody has acknowledged, the oldest first.

    Lots that will expire soon and are not announced get their notice here, in one transaction:
    asking again gives the same notices until they are acknowledged.
    """
    with transaction.atomic():
        # Nobody puts points back into a lot while it is announced without them.
        wallets = [wallet_id for wallet_id, *_ in _unannounced(now, limit=limit)]
        wallets_lock(*wallets)
        made = [
            (
                ExpiryNotice(
                    id=time_ordered_uuid(),
                    wallet_id=wallet_id,
                    expires_at=expires_at,
                    points=points,
                ),
                lots,
            )
            for wallet_id, expires_at, points, lots in _unannounced(
                now, limit=limit, wallets=wallets
            )
        ]
        ExpiryNotice.objects.bulk_create([notice for notice, _ in made])
        LotNotice.objects.bulk_create(
            [LotNotice(lot_id=lot, notice=notice) for notice, lots in made for lot in lots]
        )
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
        outcome=outcome, acknowledged_at=timezone.now()
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


def _expire(wallet_id: uuid.UUID, *, now: datetime, limit: int) -> int:
    wallets_lock(wallet_id)
    with connection.cursor() as cursor:
        cursor.execute(_EXPIRED, _due(now, wallet_id=wallet_id, limit=limit))
        taken = [Taken(lot, points) for lot, _, points in cursor.fetchall()]
    if not taken:
        return 0
    entry = time_ordered_uuid()
    operation = points_expired(points=sum(part.points for part in taken))
    entries_write([Draft(entry, operation, wallet_id, taken=taken)], shard=shard_of(entry))
    return len(taken)


def _unannounced(
    now: datetime, *, limit: int, wallets: list[uuid.UUID] | None = None
) -> list[tuple[uuid.UUID, datetime, int, list[int]]]:
    with connection.cursor() as cursor:
        cursor.execute(
            _UNANNOUNCED, {"until": now + ANNOUNCE_BEFORE, "limit": limit, "wallets": wallets}
        )
        return list(cursor.fetchall())


def _due(now: datetime, *, wallet_id: uuid.UUID | None, limit: int) -> dict[str, Any]:
    return {
        "now": now,
        "acknowledged": now - NOTICE_PERIOD,
        "wallet": wallet_id,
        "limit": limit,
    }
