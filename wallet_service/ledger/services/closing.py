"""A wallet that is nobody's any more: what is left in it is burned, what it owed is written off.

Level-triggered: closing again forfeits what came since (a refund, a voucher given back), and the
worker does so by itself.
"""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from ..domain import MAX_POINTS_PER_SUM, debt_forgiven, points_forfeited, shard_of
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write, wallets_lock
from ..lots import Taken
from ..models import WalletClosure
from ..one_by_one import Failures
from ..selectors import lots_open, points_owed, wallet_get

_NOT_EMPTY = """
SELECT DISTINCT closure.wallet_id FROM ledger_walletclosure AS closure
  JOIN ledger_account AS account ON account.wallet_id = closure.wallet_id
   AND account.kind IN ('wallet_available', 'wallet_recoverable') AND account.balance_points > 0
 LIMIT %s
"""


@transaction.atomic
def wallet_mark_closed(*, wallet_id: uuid.UUID) -> None:
    """From now on nothing in it is anybody's.  Raises ``WalletUnknown``."""
    wallet = wallet_get(wallet_id=wallet_id)
    WalletClosure.objects.get_or_create(wallet=wallet)


@transaction.atomic
def closed_wallet_empty(*, wallet_id: uuid.UUID) -> int:
    """Forfeit what is spendable, forgive what is owed; how many points were forfeited.

    ONE transaction under the wallet's lock.  A wallet that is not closed is left alone.
    """
    wallets_lock(wallet_id)
    if not WalletClosure.objects.filter(wallet_id=wallet_id).exists():
        return 0
    lots = lots_open(wallet_id=wallet_id, points=MAX_POINTS_PER_SUM)
    owed = points_owed(wallet_ids=[wallet_id]).get(wallet_id, 0)
    points = sum(lot.points for lot in lots)
    drafts = []
    if points:
        taken = [Taken(lot.id, lot.points) for lot in lots]
        operation = points_forfeited(points=points)
        drafts.append(Draft(time_ordered_uuid(), operation, wallet_id, taken=taken))
    if owed:
        drafts.append(Draft(time_ordered_uuid(), debt_forgiven(points=owed), wallet_id))
    if drafts:
        entries_write(drafts, shard=shard_of(drafts[0].entry_id))
    return points


def closed_wallets_empty(*, limit: int) -> int:
    """Empty at most ``limit`` closed wallets that got something; how many there were.

    Each is a transaction of its own; one that fails keeps the others from nothing.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOT_EMPTY, [limit])
        found = [wallet_id for (wallet_id,) in cursor.fetchall()]
    failures = Failures()
    for wallet_id in found:
        with failures.kept("a closed wallet can't be emptied", wallet_id=wallet_id):
            closed_wallet_empty(wallet_id=wallet_id)
    failures.raise_first()
    return len(found)
