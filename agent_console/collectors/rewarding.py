"""Brings the wallet to what the deposits deserve, however often it is run.

A deposit is claimed (attempt counted, next try set) in a transaction of its own before the wallet
hears of it, and its answer is written down afterwards.  A crash in between repeats, at the next
try, a request whose key the wallet knows already.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agent_console.wallet import bulk, client
from agent_console.wallet.rewards import FINAL_CODES

from .models import Deposit, DepositState

RULE = "glass.deposit"
CHANNEL = "collector"
_CHUNK = bulk.ITEMS_MAX
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 3600
# About a month of hourly tries, then a person has to look: the deposit stays due, nothing is lost.
_ATTEMPTS_MAX = 800

logger = logging.getLogger(__name__)


def deposits_reward() -> int:
    """Reward all deposits that are due; the number settled either way.

    Stops, without an error, at the first chunk for which the wallet gives no usable answer: what
    was claimed is tried again later.
    """
    settled = 0
    while chunk := _claim(now=timezone.now()):
        try:
            settled += _settle(chunk)
        except client.WalletError as failure:
            logger.warning(
                "deposits wait for the wallet",
                extra={"code": type(failure).__name__, "count": len(chunk)},
            )
            break
    return settled


@transaction.atomic
def _claim(*, now: datetime) -> list[Deposit]:
    """The oldest deposits whose time has come, counted as tried once more."""
    due = Deposit.objects.filter(state=DepositState.DUE, attempts__lt=_ATTEMPTS_MAX).exclude(
        retry_at__gt=now
    )
    chunk = list(
        due.select_for_update(skip_locked=True, of=("self",))
        .select_related("resident")
        .order_by("received_at", "id")[:_CHUNK]
    )
    for deposit in chunk:
        wait_s = min(_FIRST_WAIT_S * 2 ** min(deposit.attempts, 10), _LONGEST_WAIT_S)
        deposit.attempts += 1
        deposit.retry_at = now + timedelta(seconds=wait_s)
    Deposit.objects.bulk_update(chunk, ["attempts", "retry_at"])
    return chunk


def _settle(chunk: Sequence[Deposit]) -> int:
    answers = bulk.rewards_open([_request(deposit) for deposit in chunk])
    # A wallet is opened when it is first needed, which is rare; its deposits are asked for again.
    missing = {answer.request.wallet_id for answer in answers if answer.code == "wallet_unknown"}
    if missing:
        for wallet_id in sorted(missing):
            client.wallet_open(wallet_id)
        again = [answer.request for answer in answers if answer.request.wallet_id in missing]
        answers = [
            *(answer for answer in answers if answer.request.wallet_id not in missing),
            *bulk.rewards_open(again),
        ]
    by_evidence = {deposit.id: deposit for deposit in chunk}
    return sum(_record(by_evidence[answer.request.evidence], answer) for answer in answers)


def _request(deposit: Deposit) -> bulk.RewardRequest:
    assert deposit.resident is not None  # the database says so of every deposit that is due
    assert deposit.resident.wallet_id is not None  # drawn when the card was linked
    return bulk.RewardRequest(
        wallet_id=deposit.resident.wallet_id,
        rule=RULE,
        evidence=deposit.id,
        channel=CHANNEL,
        quantity=deposit.items,
    )


def _record(deposit: Deposit, answer: bulk.RewardAnswer) -> bool:
    """Write an answer down; False when the deposit is still due."""
    if answer.reward is not None:
        deposit.state = DepositState.REWARDED
        deposit.reward_id = answer.reward.id
        deposit.points = answer.reward.points
    elif answer.code in FINAL_CODES:
        deposit.state = DepositState.REFUSED
        deposit.refusal_code = answer.code
    else:
        # A fault that somebody mends (a rule not seeded yet, issuing stopped): asked again later.
        logger.error(
            "deposit not rewarded yet",
            extra={"code": answer.code, "attempt": deposit.attempts, "state": deposit.state},
        )
        return False
    deposit.save(update_fields=["state", "reward_id", "points", "refusal_code"])
    return True
