"""Corrections: one supervisor proposes, another one applies or rejects.

Proposing changes nothing but the list.  Applying is one transaction: the correction, its entry and
the idempotency key; the database compares the two people and refuses one entry too many.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.db import IntegrityError, connection
from django.utils import timezone

from wallet_service.ledger.errors import violated_constraint
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.selectors import wallet_get
from wallet_service.ledger.services import (
    correction_credit,
    correction_debit,
    points_take_back,
)

from .budgets import budget_give_back
from .domain import CorrectionKind, CorrectionState, RewardState
from .errors import (
    CorrectionAlreadyProposed,
    CorrectionDecided,
    RewardNotPosted,
    SamePerson,
)
from .models import Correction
from .rendering import correction_body
from .selectors import correction_get, reward_get

# Gives a voucher's points back, in the transaction that applies the correction; returns the entry.
RefundHandler = Callable[..., uuid.UUID]
RejectionHandler = Callable[..., None]
_refund: list[tuple[RefundHandler, RejectionHandler]] = []


def refunds_by(handler: RefundHandler, *, rejected: RejectionHandler) -> None:
    """Name who refunds vouchers: ``handler(subject=<redemption>, correction_id=…) -> entry``.

    ``rejected(subject=<redemption>)`` is called in the transaction that rejects the proposal.
    The offers do both, and they know the rewards; so they tell us, at start.
    """
    _refund[:] = [(handler, rejected)]


def correction_propose(
    *,
    client: str,
    key: str,
    kind: CorrectionKind,
    reason: str,
    actor: uuid.UUID,
    wallet_id: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
    points: int | None = None,
) -> Answer:
    """Propose a correction (201).  ``reason`` is a code, never a sentence.

    A reversal needs its reward as ``subject``; a credit or a debit its wallet and points.

    Raises ``RewardUnknown``, ``RewardNotPosted``, ``WalletUnknown``,
    ``CorrectionAlreadyProposed``, ``IdempotencyConflict``.
    """
    request = Request(
        client=client,
        key=key,
        operation="correction_propose",
        arguments={
            "kind": kind.value,
            "reason": reason,
            "actor": actor,
            "wallet_id": str(wallet_id),
            "subject": str(subject),
            "points": str(points),
        },
    )

    def effect() -> Answer:
        about = (wallet_id, points)
        if kind is CorrectionKind.REVERSE_REWARD:
            about = _reward_to_reverse(subject)
        wallet, amount = about
        if wallet is None or amount is None:
            raise TypeError(f"{kind} needs a wallet and points")
        wallet_get(wallet_id=wallet)
        correction = correction_record(
            kind=kind, wallet_id=wallet, subject=subject, points=amount, reason=reason, actor=actor
        )
        return answer_keep(request, Answer(status=201, body=correction_body(correction)))

    return answer_once(request, effect)


def correction_record(
    *,
    kind: CorrectionKind,
    wallet_id: uuid.UUID,
    subject: uuid.UUID | None,
    points: int,
    reason: str,
    actor: uuid.UUID,
) -> Correction:
    """Write the proposal, in the caller's transaction.  Raises ``CorrectionAlreadyProposed``."""
    correction = Correction(
        id=time_ordered_uuid(),
        kind=kind,
        wallet_id=wallet_id,
        subject=subject,
        points=points,
        reason=reason,
        state=CorrectionState.PROPOSED,
        proposed_by=actor,
        proposed_at=timezone.now(),
    )
    try:
        correction.save(force_insert=True)
    except IntegrityError as error:
        if violated_constraint(error) == "correction_once_per_subject":
            raise CorrectionAlreadyProposed from error
        raise
    return correction


def correction_decide(
    *, client: str, key: str, correction_id: uuid.UUID, approve: bool, actor: uuid.UUID
) -> Answer:
    """Apply or reject a proposal (200), as another person than the one who made it.

    Raises ``CorrectionUnknown``, ``SamePerson``, ``CorrectionDecided``, ``IssuingStopped``,
    ``IdempotencyConflict``, and what the refund of a voucher raises.
    """
    request = Request(
        client=client,
        key=key,
        operation="correction_decide",
        arguments={
            "correction_id": correction_id,
            "approve": str(approve),
            "actor": actor,
        },
    )

    def effect() -> Answer:
        correction = _locked(correction_id)
        if actor == correction.proposed_by:
            raise SamePerson
        correction.state = CorrectionState.APPLIED if approve else CorrectionState.REJECTED
        correction.decided_by = actor
        correction.decided_at = timezone.now()
        if approve:
            correction.entry_id = _apply(correction)
        elif correction.kind == CorrectionKind.REFUND_VOUCHER:
            ((_, rejected),) = _refund
            rejected(subject=correction.subject)
        correction.save(update_fields=["state", "decided_by", "decided_at", "entry"])
        return answer_keep(request, Answer(status=200, body=correction_body(correction)))

    return answer_once(request, effect)


def _reward_to_reverse(subject: uuid.UUID | None) -> tuple[uuid.UUID, int]:
    if subject is None:
        raise TypeError("a reversal needs its reward")
    reward = reward_get(reward_id=subject)
    if reward.state != RewardState.POSTED:
        raise RewardNotPosted
    return reward.wallet_id, reward.points


def _locked(correction_id: uuid.UUID) -> Correction:
    """The proposal, which nobody else can decide until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM rewards_correction WHERE id = %s FOR UPDATE", [correction_id]
        )
    correction = correction_get(correction_id=correction_id)
    if correction.state != CorrectionState.PROPOSED:
        raise CorrectionDecided
    return correction


def _apply(correction: Correction) -> uuid.UUID:
    """Write what was proposed; returns the entry."""
    wallet_id, points, subject = correction.wallet_id, correction.points, correction.subject
    match CorrectionKind(correction.kind):
        case CorrectionKind.CREDIT:
            return correction_credit(wallet_id=wallet_id, points=points, subject=correction.id)
        case CorrectionKind.DEBIT:
            return correction_debit(
                wallet_id=wallet_id, points=points, subject=correction.id
            ).entry_id
        case CorrectionKind.REVERSE_REWARD:
            assert subject is not None
            reward = reward_get(reward_id=subject)
            posted, campaign_id = reward.decided_entry_id, reward.rule.campaign_id
            assert posted is not None
            if campaign_id is not None:
                budget_give_back(campaign_id=campaign_id, reward_id=reward.id, points=reward.points)
            return points_take_back(
                wallet_id=wallet_id, points=points, corrects=posted, subject=subject
            ).entry_id
        case CorrectionKind.REFUND_VOUCHER:
            ((handler, _),) = _refund
            return handler(subject=subject, correction_id=correction.id)
