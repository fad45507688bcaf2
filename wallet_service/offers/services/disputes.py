"""A voucher that should not have been used: said by the partner or a supervisor, decided by two."""

from __future__ import annotations

import uuid

from django.utils import timezone

from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import capture_refund
from wallet_service.rewards.correcting import correction_record
from wallet_service.rewards.domain import CorrectionKind

from ..domain import DISPUTES_A_VOUCHER, Decision, DisputeSide, DisputeState, RedemptionState
from ..errors import (
    DisputeDecided,
    DisputeExists,
    DisputeFinal,
    DisputeUnknown,
    PeriodClosed,
    VoucherNotCaptured,
    VoucherOtherPartner,
    VoucherRefunded,
)
from ..models import Dispute, Redemption
from ..requests import request_of
from ..selectors.disputes import OPEN_STATES, dispute_body
from .locks import code_of, redemption_locked, voucher_locked
from .redeeming import stock_give_back


def dispute_open(
    *,
    client: str,
    key: str,
    code: str,
    partner_id: uuid.UUID | None,
    reason: str,
    actor: uuid.UUID,
) -> Answer:
    """Dispute a captured voucher (201); ``partner_id`` says that its partner does, not the city.

    Raises ``VoucherCodeMistyped``, ``VoucherUnknown``, ``VoucherOtherPartner``,
    ``VoucherNotCaptured``, ``DisputeExists``, ``DisputeFinal``, ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="dispute_open",
        asked={
            "code": code_of(code),
            "partner_id": partner_id,
            "reason": reason,
            "actor": actor,
        },
    )

    def effect() -> Answer:
        redemption = voucher_locked(code)
        if partner_id is not None and redemption.partner_id != partner_id:
            raise VoucherOtherPartner
        if redemption.state != RedemptionState.CAPTURED:
            raise VoucherNotCaptured
        if redemption.disputes.filter(state__in=OPEN_STATES).exists():
            raise DisputeExists
        if redemption.disputes.count() >= DISPUTES_A_VOUCHER:
            raise DisputeFinal
        dispute = Dispute.objects.create(
            id=time_ordered_uuid(),
            redemption=redemption,
            reason=reason,
            side=DisputeSide.SUPERVISOR if partner_id is None else DisputeSide.PARTNER,
            opened_by=actor,
            opened_at=timezone.now(),
            state=DisputeState.OPEN,
        )
        return answer_keep(request, Answer(status=201, body=dispute_body(dispute)))

    return answer_once(request, effect)


def dispute_decide(
    *, client: str, key: str, dispute_id: uuid.UUID, decision: Decision, actor: uuid.UUID
) -> Answer:
    """Dismiss an open dispute, or propose the refund that a second supervisor decides (200).

    Raises ``DisputeUnknown``, ``DisputeDecided``, ``PeriodClosed``, what ``correction_record``
    raises, and ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="dispute_decide",
        asked={"dispute_id": dispute_id, "decision": decision.value, "actor": actor},
    )

    def effect() -> Answer:
        found = Dispute.objects.filter(id=dispute_id).values_list("redemption_id").first()
        if found is None:
            raise DisputeUnknown
        redemption = redemption_locked(found[0])
        dispute = Dispute.objects.select_for_update(no_key=True).get(id=dispute_id)
        if dispute.state != DisputeState.OPEN:
            raise DisputeDecided
        dispute.decided_by = actor
        dispute.decided_at = timezone.now()
        if decision is Decision.DISMISS:
            dispute.state = DisputeState.DISMISSED
        else:
            _check_refundable(redemption)
            dispute.state = DisputeState.REFUND_PROPOSED
            dispute.correction = correction_record(
                kind=CorrectionKind.REFUND_VOUCHER,
                wallet_id=redemption.wallet_id,
                subject=redemption.id,
                points=redemption.points,
                reason=dispute.reason,
                actor=actor,
            ).id
        dispute.save(update_fields=["state", "correction", "decided_by", "decided_at"])
        return answer_keep(request, Answer(status=200, body=dispute_body(dispute)))

    return answer_once(request, effect)


def refund(*, subject: uuid.UUID, correction_id: uuid.UUID) -> uuid.UUID:
    """Give a captured voucher's points back; returns the ledger's entry.

    Called by the rewards inside the transaction in which a second supervisor approves: points,
    voucher, stock and dispute change with the decision or not at all.
    Raises ``RedemptionUnknown``, ``VoucherNotCaptured``, ``VoucherRefunded``, ``PeriodClosed``.
    """
    redemption = redemption_locked(subject)
    _check_refundable(redemption)
    assert redemption.capture_entry_id is not None
    Dispute.objects.filter(redemption=redemption, state__in=OPEN_STATES).update(
        state=DisputeState.REFUNDED, correction=correction_id
    )
    stock_give_back(redemption.offer_id)
    entry_id = capture_refund(capture_entry_id=redemption.capture_entry_id)
    redemption.refund_entry_id = entry_id
    redemption.refunded_at = timezone.now()
    redemption.state = RedemptionState.REFUNDED
    redemption.save(update_fields=["state", "refund_entry", "refunded_at"])
    return entry_id


def refund_rejected(*, subject: uuid.UUID) -> None:
    """The second supervisor disagrees: the dispute is open again, in the same transaction."""
    Dispute.objects.filter(redemption_id=subject, state=DisputeState.REFUND_PROPOSED).update(
        state=DisputeState.OPEN, correction=None, decided_by=None, decided_at=None
    )


def _check_refundable(redemption: Redemption) -> None:
    if redemption.state == RedemptionState.REFUNDED:
        raise VoucherRefunded
    if redemption.state != RedemptionState.CAPTURED:
        raise VoucherNotCaptured
    if redemption.statement_id is not None:
        raise PeriodClosed
