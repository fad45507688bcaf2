"""Brings the wallet to what a vote deserves, however often it is run.

The wallet's rule is ``consultation.vote``: its points and caps are the wallet's to say.  The cause
is that somebody is on the roll; nothing here can read a ballot.
"""

import logging
import uuid

from django.db import transaction

from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.services import wallet_assign
from agent_console.wallet import client as wallet

from . import queue
from .models import RewardState, VoteReward

logger = logging.getLogger(__name__)
RULE = "consultation.vote"
_AGAIN_MAX = 500


def reward_synchronise(*, evidence: uuid.UUID) -> None:
    """Ask for a vote's points; raises ``WalletUnavailable`` to be retried.

    The wallet knows ``evidence``: a crash before its answer is recorded repeats a harmless write.
    """
    reward = VoteReward.objects.filter(pk=evidence, state=RewardState.WAITING).first()
    if reward is None:
        return
    try:
        wallet_id = wallet_assign(resident_id=reward.resident_id)
        wallet.wallet_open(wallet_id)
        found = wallet.reward_open(
            wallet_id=wallet_id, rule=RULE, evidence=evidence, channel=reward.channel
        )
    except ConsentMissing as missing:  # they took it back since they voted
        reward.state, reward.refusal_code = RewardState.REFUSED, missing.code
    except wallet.WalletRefused as refusal:
        logger.info("vote reward refused", extra={"code": refusal.code})
        reward.state, reward.refusal_code = RewardState.REFUSED, refusal.code[:64]
    else:
        posted = found.state == "posted"
        reward.state = RewardState.POSTED if posted else RewardState.PENDING
        reward.points = found.points
    reward.save()


@transaction.atomic
def rewards_again() -> int:
    """Have what a job gave up asked for again; how many."""
    waiting = VoteReward.objects.filter(state=RewardState.WAITING)[:_AGAIN_MAX]
    for reward in waiting:
        queue.enqueue_reward(evidence=reward.evidence)
    return len(waiting)
