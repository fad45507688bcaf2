"""What a wallet owes is taken as soon as it has points again."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from ..domain import points_recovered
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write
from ..lots import take_oldest
from ..selectors import lots_open, points_owed


def owed_recover(*, wallet_ids: Collection[uuid.UUID], shard: int) -> None:
    """Recover what these wallets owe, as far as they have it: part of a credit's transaction.

    Their locks are held since the credit, so that nobody takes the points or adds to the debt
    meanwhile; ``shard`` is the credit's.
    """
    drafts = []
    for wallet_id, owed in points_owed(wallet_ids=wallet_ids).items():
        taken = take_oldest(lots_open(wallet_id=wallet_id, points=owed), points=owed)
        points = sum(part.points for part in taken)
        if points:
            operation = points_recovered(points=points)
            drafts.append(Draft(time_ordered_uuid(), operation, wallet_id, taken=taken))
    if drafts:
        entries_write(drafts, shard=shard)
