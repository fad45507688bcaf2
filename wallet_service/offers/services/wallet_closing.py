"""Closing a wallet with all that hangs on it: vouchers, promised rewards, points, debts.

Level-triggered, each voucher and reward in a transaction of its own: a call that dies half way is
made again, and one that is repeated finds nothing left to do.
"""

from __future__ import annotations

import uuid

from django.db import transaction
from django.utils import timezone

from wallet_service.ledger.services import closed_wallet_empty, wallet_mark_closed
from wallet_service.rewards.deciding import decision_post, reward_decide
from wallet_service.rewards.domain import RewardState
from wallet_service.rewards.errors import RewardNotPending
from wallet_service.rewards.models import Reward

from ..domain import RedemptionState
from ..models import Redemption
from .redeeming import release

REASON = "wallet_closed"


def wallet_close(*, wallet_id: uuid.UUID) -> None:
    """Nothing in the wallet is anybody's any more.

    Marked first, so that what comes back meanwhile is emptied by the worker.  Vouchers that were
    not used are cancelled, promised rewards voided, points burned, debts written off: all by
    balanced entries.  Raises ``WalletUnknown``.
    """
    wallet_mark_closed(wallet_id=wallet_id)
    held = Redemption.objects.filter(wallet_id=wallet_id, state=RedemptionState.HELD)
    for redemption_id in list(held.values_list("id", flat=True)):
        _cancel(redemption_id)
    pending = Reward.objects.filter(wallet_id=wallet_id, state=RewardState.PENDING)
    for reward_id in list(pending.values_list("id", flat=True)):
        _void(reward_id)
    closed_wallet_empty(wallet_id=wallet_id)


@transaction.atomic
def _cancel(redemption_id: uuid.UUID) -> None:
    redemption = (
        Redemption.objects.select_for_update(no_key=True)
        .filter(id=redemption_id, state=RedemptionState.HELD)
        .first()
    )
    if redemption is not None:
        release(redemption, RedemptionState.CANCELLED)


def _void(reward_id: uuid.UUID) -> None:
    try:
        with transaction.atomic():
            decision_post(
                reward_decide(
                    reward_id=reward_id,
                    state=RewardState.VOIDED,
                    at=timezone.now(),
                    reason=REASON,
                )
            )
    except RewardNotPending:
        return  # posted by its time meanwhile: what came with it is emptied next
