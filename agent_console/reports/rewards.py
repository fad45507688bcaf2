"""Brings the console and the wallet to what a report deserves, however often it is run.

The report's state is the cause, the wallet's answers are recorded after they are given: a crash
in between repeats a write whose key the wallet knows already.  The wallet also decides by itself
(a reward posts after some days, a fraud voids it): its word is mirrored here.
"""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.services import wallet_assign
from agent_console.conversations.services import notice_send
from agent_console.digests import folded, keyed_digest
from agent_console.wallet import client as wallet

from . import queue
from .models import Report, ReportReward, RewardState
from .notices import notice_text
from .photos import photo_signals
from .screening import REFUSAL_CODE, report_screen
from .workflow import CONFIRMED, State

logger = logging.getLogger(__name__)
# Why a promised reward is dropped, as codes: the wallet learns no words.
_VOID_REASONS = {State.REJECTED: "report_rejected", State.DUPLICATE: "report_duplicate"}
# Refusals that say something to the citizen; any other is for a supervisor to look at.
TOLD_CODES = frozenset(
    {"cap_day_reached", "cap_month_reached", "cooling_off", "budget_exhausted", REFUSAL_CODE}
)
# They want no points: they know, so nobody is told; a later yes brings it back.
UNWANTED_CODE = "wallet_refused"
_ENDED = (RewardState.POSTED, RewardState.VOIDED, RewardState.REFUSED)
_MIRRORED = {"posted": RewardState.POSTED, "voided": RewardState.VOIDED}
# The wallet posts what is due every few minutes: asking at the minute itself would be too early.
_FIRST_LOOK = timedelta(minutes=10)
_LOOKS = (timedelta(minutes=15), timedelta(days=1))  # shortest and longest time between two looks


def reward_synchronise(*, report_id: uuid.UUID) -> None:
    """Open, confirm, void or mirror a report's reward; raises ``WalletUnavailable`` to be retried.

    Jobs of one report run one after the other (their lock), so nobody else records at the same
    time.
    """
    report = _report(report_id)
    reward = getattr(report, "reward", None)
    if reward is None or reward.state in _ENDED:
        return
    if reward.reward_id is None:
        # Who is named is known before anything is promised in the wallet.
        if report_screen(report_id=report_id).names_somebody:
            _refuse(report, reward, REFUSAL_CODE)
            return
        report = _report(report_id)
        reward = report.reward
    try:
        _advance(report, reward)
    except ConsentMissing as missing:
        if missing.code == UNWANTED_CODE:
            _refuse(report, reward, UNWANTED_CODE)
        # Not asked yet, or not answered: it waits, and the wallet hears of nobody.
    except wallet.WalletRefused as refusal:
        if refusal.code == "reward_not_pending" and reward.reward_id is not None:
            # Decided meanwhile, by its time or by a review: what the wallet says holds.
            _mirror(report, reward, wallet.reward_get(reward.reward_id))
        else:
            _refuse(report, reward, refusal.code)


@transaction.atomic
def rewards_look_up(*, now: datetime, limit: int) -> int:
    """Have the wallet asked about rewards that may have posted by themselves; how many.

    ONE transaction moves their next look and puts the jobs into the queue: at most ``limit`` at a
    time, and none is asked about again before its next look, however long the wallet is away.
    """
    due = ReportReward.objects.select_for_update(skip_locked=True).filter(
        state=RewardState.PENDING, look_at__lte=now
    )
    found = list(due.order_by("look_at")[:limit])
    for reward in found:
        reward.look_at = now + _LOOKS[1]
        queue.enqueue_reward(report_id=reward.report_id)
    ReportReward.objects.bulk_update(found, ["look_at"])
    return len(found)


def _advance(report: Report, reward: ReportReward) -> None:
    is_new = reward.reward_id is None
    if is_new:
        _mirror(report, reward, _open(report, reward))
    if reward.state in _ENDED:
        return
    assert reward.reward_id is not None
    state = State(report.state)
    if state in CONFIRMED:
        _mirror(report, reward, wallet.reward_confirm(reward_id=reward.reward_id))
    elif state in _VOID_REASONS:
        reason = _VOID_REASONS[state]
        _mirror(report, reward, wallet.reward_void(reward_id=reward.reward_id, reason=reason))
    elif not is_new:
        _mirror(report, reward, wallet.reward_get(reward.reward_id))


def _open(report: Report, reward: ReportReward) -> wallet.RewardView:
    assert report.resident_id is not None
    wallet_id = wallet_assign(resident_id=report.resident_id)
    wallet.wallet_open(wallet_id)
    return wallet.reward_open(
        wallet_id=wallet_id,
        rule=report.category.reward_rule,
        evidence=reward.evidence,
        channel=report.channel,
        signals=wallet.Signals(place=_place_digest(report), photos=photo_signals(report)),
    )


def _place_digest(report: Report) -> str:
    """The same for the same place however it is spelled; says nothing without the key."""
    commune = report.commune.name if report.commune else ""
    where = f"{commune} {report.address} {report.place}".strip()
    if not (report.address or report.place) and report.latitude is not None:
        where += f" {report.latitude:.4f} {report.longitude:.4f}"  # about ten metres
    place = folded(where)
    return keyed_digest(domain="place", text=place).hex()


@transaction.atomic
def _mirror(report: Report, reward: ReportReward, found: wallet.RewardView) -> None:
    """Record what the wallet says; points that came by themselves are told of, once.

    Record and notice commit together, so a crash can't leave the one without the other.
    """
    reward.reward_id = found.id
    reward.points = found.points
    reward.state = _MIRRORED.get(found.state, RewardState.PENDING)
    reward.look_at = None
    if reward.state == RewardState.PENDING and found.posts_at is not None:
        reward.look_at = _next_look(found.posts_at)
    if reward.state == RewardState.POSTED and report.state == State.RECEIVED:
        _tell(report, reward, "posted")
    reward.save()


@transaction.atomic
def _refuse(report: Report, reward: ReportReward, code: str) -> None:
    """Keep the refusal; the report itself goes on, and the citizen is told why in words."""
    is_told = code in TOLD_CODES
    log = logger.info if is_told or code == UNWANTED_CODE else logger.error
    log("reward refused", extra={"report_id": str(report.id), "code": code})
    reward.state = RewardState.REFUSED
    reward.refusal_code = code
    reward.look_at = None
    if is_told:
        _tell(report, reward, "refused")
    reward.save()


def _tell(report: Report, reward: ReportReward, outcome: str) -> None:
    reward.is_told = True
    if report.conversation_id is None:
        return
    text = notice_text(
        f"reward_{outcome}",
        locale=report.locale,
        context={
            "reference": report.reference_display,
            "points": reward.points,
            "code": reward.refusal_code,
        },
    )
    notice_send(
        conversation_id=report.conversation_id,
        cause=f"report:{report.id}:reward:{outcome}",
        text=text,
    )


def _next_look(posts_at: datetime) -> datetime:
    """Shortly after its time; then ever later, for it may be under review for weeks."""
    now = timezone.now()
    if posts_at > now:
        return posts_at + _FIRST_LOOK
    return now + min(max(now - posts_at, _LOOKS[0]), _LOOKS[1])


def _report(report_id: uuid.UUID) -> Report:
    return Report.objects.select_related("category", "commune", "reward", "conversation").get(
        pk=report_id
    )
