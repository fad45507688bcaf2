"""Two wallets of one person: the points of one follow it to the other, and back.

A merge takes lots, date by date, and debts from the source to the target.  What the source holds
for vouchers, and what waits for a check, stays there until it is decided; what then becomes
spendable follows (``merged_points_follow``: the worker does so every minute, and whoever redeems
for the target first).  Undoing brings back what came from the source and is still there: what was
spent or recovered meanwhile stays so.

Each move is a pair of entries in one statement, and the database refuses one without the other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from ..domain import (
    MAX_POINTS_PER_SUM,
    Operation,
    merge_debt_given,
    merge_debt_taken,
    merge_given,
    merge_taken,
    shard_of,
)
from ..errors import MergeConflict, MergeFollowed, MergeTooLate, MergeUnknown
from ..idempotency import Answer, Request, answer_keep, answer_once
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write, wallets_lock
from ..lots import OpenLot, Taken
from ..models import WalletMerge
from ..one_by_one import Failures
from ..selectors import lots_given_by_merge, lots_open, points_owed, wallet_get
from .recovering import owed_recover

UNDO_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Move:
    """What goes from one wallet to the other: lots with what is left of them, and a debt."""

    merge_id: uuid.UUID
    giver: uuid.UUID
    taker: uuid.UUID
    lots: Sequence[OpenLot]
    debt: int

    @property
    def points(self) -> int:
        return sum(lot.points for lot in self.lots)


def wallets_merge(
    *, client: str, key: str, merge_id: uuid.UUID, source_id: uuid.UUID, target_id: uuid.UUID
) -> Answer:
    """Make ``source`` one with ``target`` (201); the number of the merge is the caller's.

    ONE transaction holds the merge, the moved points and the key.  Raises ``WalletUnknown``,
    ``MergeConflict``, ``IssuingStopped`` (moved points are minted anew), ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="wallets_merge",
        arguments={"merge_id": merge_id, "source_id": source_id, "target_id": target_id},
    )

    def effect() -> Answer:
        for wallet_id in (source_id, target_id):
            wallet_get(wallet_id=wallet_id)
        wallets_lock(source_id, target_id)
        taken = WalletMerge.objects.filter(undone_at=None, source_id__in=[source_id, target_id])
        if source_id == target_id or taken.exists() or _exists(merge_id):
            raise MergeConflict
        now = timezone.now()
        merge = WalletMerge(
            id=merge_id,
            source_id=source_id,
            target_id=target_id,
            undo_until=now + UNDO_FOR,
            created_at=now,
        )
        move = _all_of(merge_id, giver=source_id, taker=target_id)
        answer = answer_keep(request, Answer(status=201, body=_body(merge, move)))
        merge.save(force_insert=True)
        _write(move)
        return answer

    return answer_once(request, effect)


def wallets_unmerge(*, client: str, key: str, merge_id: uuid.UUID) -> Answer:
    """Undo a merge (200): the source is a wallet of its own again.

    ONE transaction, as above.  Raises ``MergeUnknown``, ``MergeConflict`` (undone before),
    ``MergeFollowed``, ``MergeTooLate``, ``IssuingStopped``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client, key=key, operation="wallets_unmerge", arguments={"merge_id": merge_id}
    )

    def effect() -> Answer:
        merge = WalletMerge.objects.filter(id=merge_id).first()
        if merge is None:
            raise MergeUnknown
        wallets_lock(merge.source_id, merge.target_id)
        merge.refresh_from_db()
        if merge.undone_at is not None:
            raise MergeConflict
        if timezone.now() > merge.undo_until:
            raise MergeTooLate
        if WalletMerge.objects.filter(source_id=merge.target_id, undone_at=None).exists():
            raise MergeFollowed
        move = _Move(
            merge_id,
            giver=merge.target_id,
            taker=merge.source_id,
            lots=lots_given_by_merge(merge_id=merge_id, wallet_id=merge.target_id),
            debt=min(
                _debt_given(merge),
                points_owed(wallet_ids=[merge.target_id]).get(merge.target_id, 0),
            ),
        )
        merge.undone_at = timezone.now()
        answer = answer_keep(request, Answer(status=200, body=_body(merge, move)))
        _write(move)
        WalletMerge.objects.filter(id=merge_id).update(undone_at=Now())
        return answer

    return answer_once(request, effect)


def merged_points_follow(*, now: datetime, limit: int, target_id: uuid.UUID | None = None) -> int:
    """Move what merged wallets got since to where they went; returns how many wallets had any.

    Each is a transaction of its own: a crash leaves the others to the next call.  ``target_id``:
    only what comes to this wallet.
    """
    failures = Failures()
    found = _behind(limit, target_id)
    for merge_id, source_id, target in found:
        with failures.kept("points can't follow", wallet_id=source_id), transaction.atomic():
            wallets_lock(source_id, target)
            if WalletMerge.objects.filter(id=merge_id, undone_at=None).exists():
                _write(_all_of(merge_id, giver=source_id, taker=target))
    failures.raise_first()
    return len(found)


# Deepest first is not needed: what stops half way follows with the next call.
_BEHIND = """
SELECT merge.id, merge.source_id, merge.target_id
  FROM ledger_walletmerge AS merge
  JOIN ledger_account AS account ON account.wallet_id = merge.source_id
   AND account.kind IN ('wallet_available', 'wallet_recoverable') AND account.balance_points > 0
 WHERE merge.undone_at IS NULL AND (%(target)s::uuid IS NULL OR merge.target_id = %(target)s)
 GROUP BY merge.id ORDER BY merge.created_at LIMIT %(limit)s
"""
_DEBT_GIVEN = """
SELECT coalesce(sum(posting.points), 0)
  FROM ledger_journalentry AS entry
  JOIN ledger_posting AS posting ON posting.entry_id = entry.id
  JOIN ledger_account AS account
    ON account.id = posting.account_id AND account.kind = 'wallet_recoverable'
 WHERE entry.kind = 'merge_debt_given' AND entry.subject = %s AND entry.wallet_id = %s
"""


def _behind(
    limit: int, target_id: uuid.UUID | None
) -> list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, {"limit": limit, "target": target_id})
        return [(merge, source, target) for merge, source, target in cursor.fetchall()]


def _debt_given(merge: WalletMerge) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_DEBT_GIVEN, [merge.pk, merge.target_id])
        return int(cursor.fetchone()[0])


def _exists(merge_id: uuid.UUID) -> bool:
    return WalletMerge.objects.filter(id=merge_id).exists()


def _all_of(merge_id: uuid.UUID, *, giver: uuid.UUID, taker: uuid.UUID) -> _Move:
    """All that a locked wallet can give."""
    lots = lots_open(wallet_id=giver, points=MAX_POINTS_PER_SUM)
    debt = points_owed(wallet_ids=[giver]).get(giver, 0)
    return _Move(merge_id, giver, taker, lots, debt)


def _write(move: _Move) -> None:
    """Write the pairs, and take what the taker owes now: last in the transaction."""
    drafts = [
        draft
        for lot in move.lots
        for draft in _pair(
            move,
            (merge_taken, merge_given),
            lot.points,
            taken=[Taken(lot.id, lot.points)],
            new_lot=(lot.points, lot.expires_at),
        )
    ]
    if move.debt:
        drafts += _pair(move, (merge_debt_taken, merge_debt_given), move.debt)
    if not drafts:
        return
    shard = shard_of(drafts[0].entry_id)
    entries_write(drafts, shard=shard)
    owed_recover(wallet_ids=[move.taker], shard=shard)


def _pair(
    move: _Move,
    operations: tuple[Callable[..., Operation], Callable[..., Operation]],
    points: int,
    *,
    taken: Sequence[Taken] = (),
    new_lot: tuple[int, datetime] | None = None,
) -> list[Draft]:
    take, give = operations
    left, come = time_ordered_uuid(), time_ordered_uuid()
    return [
        Draft(left, take(points=points), move.giver, subject=move.merge_id, taken=taken),
        Draft(
            come,
            give(points=points),
            move.taker,
            subject=move.merge_id,
            corrects=left,
            new_lot=new_lot,
        ),
    ]


def _body(merge: WalletMerge, move: _Move) -> dict[str, object]:
    return {
        "id": str(merge.id),
        "source_id": str(merge.source_id),
        "target_id": str(merge.target_id),
        "moved_points": move.points,
        "moved_debt_points": move.debt,
        "created_at": merge.created_at.isoformat(),
        "undo_until": merge.undo_until.isoformat(),
        "undone_at": merge.undone_at.isoformat() if merge.undone_at else None,
    }
