"""Writes of single rewards.  Each is one SQL transaction: the reward's row, its journal entry (with
the settlement intent when it is posted) and the caller's idempotency key, so that a crash at any
moment leaves all of it or nothing, and the caller just sends the request again.
"""

from __future__ import annotations

import uuid

from django.utils import timezone

from wallet_service.ledger.errors import IdempotencyConflict
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once

from .budgets import LockedBudgets, SliceShort, budget_take_from_slice
from .deciding import decision_post, reward_decide
from .domain import Channel, RewardState
from .errors import BudgetExhausted, EvidenceAlreadyRewarded
from .opening import Desk, Opening, opening_request, openings_write
from .patterns import Signals
from .rendering import reward_body
from .standing import Asked

_NO_SIGNALS = Signals()


def reward_open(
    *,
    client: str,
    key: str,
    wallet_id: uuid.UUID,
    rule_code: str,
    evidence: uuid.UUID,
    channel: Channel,
    quantity: int = 1,
    signals: Signals = _NO_SIGNALS,
) -> Answer:
    """Open a reward (201) with the points that the rule pays now, times ``quantity`` (1–1000).

    Pending, or posted at once when the rule says so and nothing looks wrong.

    Raises ``WalletUnknown``, ``RuleUnknown``, ``RewardTooLarge``, ``EvidenceAlreadyRewarded``,
    ``CoolingOff``, ``CapDayReached``, ``CapMonthReached``, ``BudgetExhausted``, ``IssuingStopped``,
    ``IdempotencyConflict``.
    """
    asked = Asked(
        wallet_id=wallet_id,
        rule_code=rule_code,
        evidence=evidence,
        channel=channel,
        quantity=quantity,
        signals=signals,
    )
    request = opening_request(client=client, key=key, asked=asked)
    try:
        return answer_once(request, lambda: _open(request, asked))
    except SliceShort:
        return answer_once(request, lambda: _open(request, asked, all_slices=True))


def reward_confirm(*, client: str, key: str, reward_id: uuid.UUID) -> Answer:
    """Post a pending reward (200): its points become spendable and will be minted on the chain.

    A person may do so before its time, and while a case about it is open.

    Raises ``RewardUnknown``, ``RewardNotPending``, ``IssuingStopped``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client, key=key, operation="reward_confirm", arguments={"reward_id": reward_id}
    )
    return answer_once(request, lambda: _decide(request, reward_id, RewardState.POSTED))


def reward_void(*, client: str, key: str, reward_id: uuid.UUID, reason: str) -> Answer:
    """Void a pending reward (200); its points count for no cap and go back to its campaign.

    ``reason`` is a short code, never a text.

    Raises ``RewardUnknown``, ``RewardNotPending``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="reward_void",
        arguments={"reward_id": reward_id, "reason": reason},
    )
    return answer_once(request, lambda: _decide(request, reward_id, RewardState.VOIDED, reason))


def _open(request: Request, asked: Asked, *, all_slices: bool = False) -> Answer:
    desk = Desk([asked], at=timezone.now())
    # The ledger refuses by itself what is posted while issuing is stopped.
    opening = desk.decide(
        0,
        budget_take=_take_from_all if all_slices else _take_from_one,
        issuing_stopped=lambda: False,
    )
    return _write(request, opening)


def _write(request: Request, opening: Opening) -> Answer:
    keys, rewards = openings_write([(request, opening)])
    if not keys:
        raise IdempotencyConflict
    if not rewards:
        raise EvidenceAlreadyRewarded
    return opening.answer


def _take_from_one(campaign_id: int, reward_id: uuid.UUID, points: int) -> None:
    budget_take_from_slice(campaign_id=campaign_id, reward_id=reward_id, points=points)


def _take_from_all(campaign_id: int, reward_id: uuid.UUID, points: int) -> None:
    budgets = LockedBudgets([campaign_id])
    if not budgets.take(campaign_id, points):
        raise BudgetExhausted(budgets.remaining(campaign_id))
    budgets.write_back()


def _decide(request: Request, reward_id: uuid.UUID, state: RewardState, reason: str = "") -> Answer:
    decision = reward_decide(reward_id=reward_id, state=state, at=timezone.now(), reason=reason)
    answer = answer_keep(request, Answer(status=200, body=reward_body(decision.facts)))
    decision_post(decision)
    return answer
