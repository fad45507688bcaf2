"""Brings the wallet to what a support deserves, however often it is run.

The wallet's rule is ``report.support``: its points and caps are the wallet's to say.  A support's
reward is promised when somebody joins, posted when the service confirms the report, dropped when
the report is rejected or the support withdrawn; a closing without confirmation (a duplicate of
another one) drops it too.
"""

import logging
import uuid

from django.db import transaction

from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.services import wallet_assign
from agent_console.conversations.services import notice_send
from agent_console.wallet import client as wallet

from . import queue
from .models import RewardState, Support, SupportReward
from .notices import notice_text
from .rewards import TOLD_CODES, UNWANTED_CODE
from .workflow import CONFIRMED, State

logger = logging.getLogger(__name__)
RULE = "report.support"
_VOID_REASONS = {State.REJECTED: "report_rejected", State.DUPLICATE: "report_duplicate"}
_ENDED = (RewardState.POSTED, RewardState.VOIDED, RewardState.REFUSED)
_MIRRORED = {"posted": RewardState.POSTED, "voided": RewardState.VOIDED}


def reward_synchronise(*, support_id: uuid.UUID) -> None:
    """Open, confirm or void a support's reward; raises ``WalletUnavailable`` to be retried.

    Jobs of one support run one after the other (their lock), so nobody else records at the same
    time.
    """
    reward = (
        SupportReward.objects.select_related(
            "support__report__category", "support__conversation", "support__resident"
        )
        .filter(support=support_id)
        .first()
    )
    if reward is None or reward.state in _ENDED:
        return
    try:
        _advance(reward)
    except ConsentMissing as missing:
        if missing.code == UNWANTED_CODE:
            _refuse(reward, UNWANTED_CODE)
    except wallet.WalletRefused as refusal:
        if refusal.code == "reward_not_pending" and reward.reward_id is not None:
            # Decided meanwhile by a person or a review: what the wallet says holds.
            _mirror(reward, wallet.reward_get(reward.reward_id))
        else:
            _refuse(reward, refusal.code)


def rewards_enqueue(*, report_id: uuid.UUID) -> int:
    """Have every open reward of a report's supporters settled, each by its own job; how many.

    One that the wallet refuses or is away for holds up no other.
    """
    found = SupportReward.objects.filter(support__report=report_id).exclude(state__in=_ENDED)
    ids = list(found.values_list("support_id", flat=True))
    with transaction.atomic():
        for support_id in ids:
            queue.enqueue_support_reward(support_id=support_id)
    return len(ids)


def _advance(reward: SupportReward) -> None:
    support = reward.support
    void_reason = _void_reason(support)
    if reward.reward_id is None:
        if void_reason:
            # Nothing was promised yet: there is nothing for the wallet to drop.
            _record(reward, RewardState.VOIDED)
            return
        _mirror(reward, _open(reward))
    if reward.state in _ENDED:
        return
    assert reward.reward_id is not None
    if void_reason:
        _mirror(reward, wallet.reward_void(reward_id=reward.reward_id, reason=void_reason))
    elif State(support.report.state) in CONFIRMED:
        _mirror(reward, wallet.reward_confirm(reward_id=reward.reward_id))


def _void_reason(support: Support) -> str:
    """Why nothing is earned, as a code: the wallet learns no words."""
    if support.ended_at is not None:
        return "support_withdrawn"
    return _VOID_REASONS.get(State(support.report.state), "")


def _open(reward: SupportReward) -> wallet.RewardView:
    """No signals of the place: people who support the same report are at the same place."""
    resident_id = reward.support.resident_id
    assert resident_id is not None
    wallet_id = wallet_assign(resident_id=resident_id)
    wallet.wallet_open(wallet_id)
    return wallet.reward_open(
        wallet_id=wallet_id,
        rule=RULE,
        evidence=reward.evidence,
        channel=reward.support.channel,
    )


@transaction.atomic
def _mirror(reward: SupportReward, found: wallet.RewardView) -> None:
    """Record what the wallet says; points are told of in the same transaction, once."""
    reward.reward_id = found.id
    reward.points = found.points
    reward.state = _MIRRORED.get(found.state, RewardState.PENDING)
    if reward.state == RewardState.POSTED:
        _tell(reward, "posted")
    reward.save()


@transaction.atomic
def _refuse(reward: SupportReward, code: str) -> None:
    """Keep the refusal; the support itself goes on, and the citizen is told why in words."""
    is_told = code in TOLD_CODES
    log = logger.info if is_told or code == UNWANTED_CODE else logger.error
    log("support reward refused", extra={"report_id": str(reward.support.report_id), "code": code})
    reward.refusal_code = code
    if is_told:
        _tell(reward, "refused")
    _record(reward, RewardState.REFUSED)


def _record(reward: SupportReward, state: RewardState) -> None:
    reward.state = state
    reward.save()


def _tell(reward: SupportReward, outcome: str) -> None:
    support = reward.support
    if support.conversation_id is None or support.ended_at is not None:
        return
    notice_send(
        conversation_id=support.conversation_id,
        cause=f"support:{support.pk}:reward:{outcome}",
        text=notice_text(
            f"support_reward_{outcome}",
            locale=support.locale,
            context={
                "reference": support.report.reference_display,
                "points": reward.points,
                "code": reward.refusal_code,
            },
        ),
    )
