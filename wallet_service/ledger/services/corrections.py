"""Taking points back and giving them: reversals of rewards, and corrections by two supervisors.

Each call belongs to the caller's transaction, which holds its business row too: a crash leaves all
of it or nothing.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass

from .. import domain
from ..domain import Operation, shard_of
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write, wallets_lock
from ..lots import take_oldest
from ..selectors import lots_open, wallet_get
from .posting import entry_post


@dataclass(frozen=True, slots=True)
class TakenBack:
    """``taken`` points are burned now; ``recoverable`` ones once the wallet has points again."""

    entry_id: uuid.UUID
    taken: int
    recoverable: int


def points_take_back(
    *, wallet_id: uuid.UUID, points: int, corrects: uuid.UUID, subject: uuid.UUID | None = None
) -> TakenBack:
    """Reverse a posted reward: a new entry that names the entry it corrects.

    Takes at most what is available; the rest is owed.  Raises ``WalletUnknown``,
    ``AlreadyReversed``, ``PointsOutOfRange``; the database refuses what is no reward of this wallet
    and more points than the reward's.
    """
    return _take(domain.reward_reversed, wallet_id, points, corrects, subject)


def correction_debit(
    *,
    wallet_id: uuid.UUID,
    points: int,
    subject: uuid.UUID | None = None,
) -> TakenBack:
    """Take points that nobody can name a reward for.  Raises as ``points_take_back``."""
    return _take(domain.correction_debited, wallet_id, points, None, subject)


def correction_credit(
    *,
    wallet_id: uuid.UUID,
    points: int,
    subject: uuid.UUID | None = None,
) -> uuid.UUID:
    """Give points; returns the entry.

    Raises ``WalletUnknown``, ``IssuingStopped``, ``PointsOutOfRange``.
    """
    return entry_post(
        operation=domain.correction_credited(points=points),
        wallet_id=wallet_id,
        subject=subject,
    )


def _take(
    operation: Callable[..., Operation],
    wallet_id: uuid.UUID,
    points: int,
    corrects: uuid.UUID | None,
    subject: uuid.UUID | None,
) -> TakenBack:
    wallet_get(wallet_id=wallet_id)
    wallets_lock(wallet_id)
    taken = take_oldest(lots_open(wallet_id=wallet_id, points=points), points=points)
    burned = sum(part.points for part in taken)
    entry = time_ordered_uuid()
    draft = Draft(
        entry,
        operation(points=points, taken=burned),
        wallet_id,
        subject=subject,
        corrects=corrects,
        taken=taken,
    )
    entries_write([draft], shard=shard_of(entry))
    return TakenBack(entry_id=entry, taken=burned, recoverable=points - burned)
