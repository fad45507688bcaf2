"""Writes down what the wallet answered about parts of deposits."""

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from agent_console.wallet.bulk import RewardAnswer
from agent_console.wallet.rewards import FINAL_CODES, RewardView

from . import steps
from .models import Deposit, DepositPart, DepositState, PartState

_CODE_CHARS_MAX = 64

logger = logging.getLogger(__name__)


@transaction.atomic
def answers_record(answers: Sequence[RewardAnswer], *, now: datetime) -> int:
    """Write answers down; the number of deposits that nothing more is to be asked for.

    ONE transaction for all of them, with the deposits locked: after a crash before its end they
    are all asked for again, under the keys that the wallet knows.  An answer to a part that was
    answered meanwhile, or to a size that it no longer has, changes nothing.
    """
    asked = [answer.request.evidence for answer in answers]
    deposits = {
        deposit.pk: deposit
        for deposit in Deposit.objects.select_for_update()
        .filter(pk__in=DepositPart.objects.filter(pk__in=asked).values("deposit"))
        .order_by("pk")
    }
    parts = {
        part.pk: part for part in DepositPart.objects.filter(pk__in=asked, state=PartState.OPEN)
    }
    settled = 0
    for answer in answers:
        if part := parts.get(answer.request.evidence):
            part.deposit = deposits[part.deposit_id]
            _record(part, answer, now)
            part.save()
            part.deposit.save()
            settled += part.deposit.state != DepositState.DUE
    return settled


def _record(part: DepositPart, answer: RewardAnswer, now: datetime) -> None:
    part.unanswered = max(0, part.unanswered - 1)
    if answer.reward is not None:
        _reward(part, answer.reward, items=answer.request.quantity, now=now)
    elif answer.request.quantity != part.items:
        return
    elif answer.limit is not None:
        step = steps.after_limit(
            items=part.items,
            limit=answer.limit,
            due_at=part.deposit.due_at or now,
            now=now,
            spread_s=_spread_s(part.deposit.resident_id),
        )
        _take(part, step, code=answer.code, now=now)
    elif answer.code == steps.REWARD_TOO_LARGE:
        _take(part, steps.after_too_large(items=part.items), code=answer.code, now=now)
    elif answer.code in FINAL_CODES:
        _take(part, steps.Never(answer.code), code=answer.code, now=now)
    elif answer.code == "idempotency_conflict" and part.former_items:
        # An earlier, larger request did get there, although its answer did not: that one stands.
        part.items = part.former_items.pop()
        _go_on(part.deposit)
    else:
        # A fault that somebody mends (a rule not seeded yet, issuing stopped): asked again later.
        part.deposit.wait_code = answer.code[:_CODE_CHARS_MAX] or "unknown"
        logger.error(
            "deposit not rewarded yet",
            extra={"code": answer.code, "attempt": part.deposit.attempts, "state": "due"},
        )


def _reward(part: DepositPart, reward: RewardView, *, items: int, now: datetime) -> None:
    deposit = part.deposit
    part.items, part.points, part.reward_id = items, reward.points, reward.id
    part.state, part.decided_at = PartState.REWARDED, now
    deposit.rewarded_items += items
    deposit.points += reward.points
    if deposit.left_items == 0:
        deposit.state = DepositState.REWARDED
    _go_on(deposit)


def _take(part: DepositPart, step: steps.Step, *, code: str, now: datetime) -> None:
    deposit = part.deposit
    _go_on(deposit)
    match step:
        case steps.Smaller(items):
            part.former_items = [*part.former_items, part.items]
            part.items = items
        case steps.Later(at):
            deposit.retry_at, deposit.wait_code = at, code
        case steps.Never(final):
            part.state, part.decided_at = PartState.REFUSED, now
            deposit.state, deposit.refusal_code = DepositState.REFUSED, final


def _go_on(deposit: Deposit) -> None:
    """The wallet has spoken: what failed before is over, and what is left has its turn."""
    deposit.attempts, deposit.failing_since = 0, None
    deposit.retry_at, deposit.wait_code = None, ""


def _spread_s(resident_id: uuid.UUID | None) -> int:
    """The resident's own delay after a limit opens, the same for all of their deposits."""
    return resident_id.int % steps.SPREAD_S if resident_id else 0
