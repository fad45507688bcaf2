"""Brings the wallet to what a report deserves, however often it is run.

The report's state is the cause, the wallet's answers are recorded after they are given: a crash
in between repeats a write whose key the wallet knows already.
"""

import logging
import uuid

from django.template.loader import render_to_string

from agent_console.citizens.services import wallet_assign
from agent_console.conversations.services import notice_send
from agent_console.wallet import client as wallet

from .models import Report, ReportReward, RewardState
from .workflow import STEPS, State

logger = logging.getLogger(__name__)
_REJECTED = "report_rejected"


def reward_synchronise(*, report_id: uuid.UUID) -> None:
    """Open, confirm or void the reward of a report; raises ``WalletUnavailable`` to be retried."""
    report = _report(report_id)
    reward = getattr(report, "reward", None)
    if reward is None or reward.state in (
        RewardState.POSTED,
        RewardState.VOIDED,
        RewardState.REFUSED,
    ):
        return
    try:
        if reward.reward_id is None:
            _open(report, reward)
        assert reward.reward_id is not None
        if report.state == State.QUALIFIED:
            wallet.reward_confirm(reward_id=reward.reward_id)
            _record(reward, RewardState.POSTED)
        elif report.state == State.REJECTED:
            wallet.reward_void(reward_id=reward.reward_id, reason=_REJECTED)
            _record(reward, RewardState.VOIDED)
    except wallet.WalletRefused as refusal:
        logger.error("reward refused", extra={"report_id": str(report.id), "code": refusal.code})
        reward.refusal_code = refusal.code
        _record(reward, RewardState.REFUSED)


def outcome_tell(*, report_id: uuid.UUID) -> None:
    """Tell the citizen what became of the report; once, whatever is run again."""
    report = _report(report_id)
    step = next((step for step in STEPS.values() if step.target == report.state), None)
    if step is None or report.conversation_id is None:
        return
    reward = getattr(report, "reward", None)
    last = report.transitions.last()
    text = render_to_string(
        step.notice,
        {
            "reference": report.reference_display,
            "points": reward.points if reward and reward.state == RewardState.POSTED else 0,
            "reason": last.reason if last else "",
        },
    )
    notice_send(
        conversation_id=report.conversation_id,
        cause=f"report:{report.id}:{report.state}",
        text=text.strip(),
    )


def _open(report: Report, reward: ReportReward) -> None:
    assert report.resident_id is not None
    wallet_id = wallet_assign(resident_id=report.resident_id)
    wallet.wallet_open(wallet_id)
    opened = wallet.reward_open(
        wallet_id=wallet_id,
        rule=report.category.reward_rule,
        evidence=reward.evidence,
        channel=report.channel,
    )
    reward.reward_id = opened.id
    reward.points = opened.points
    _record(reward, RewardState.PENDING)


def _record(reward: ReportReward, state: RewardState) -> None:
    reward.state = state
    reward.save()


def _report(report_id: uuid.UUID) -> Report:
    return Report.objects.select_related("category", "reward").get(pk=report_id)
