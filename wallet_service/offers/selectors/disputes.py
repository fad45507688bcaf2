"""Reads of disputes."""

from __future__ import annotations

import uuid
from typing import Any, Final

from service_kit.voucher_code import shown

from ..domain import DisputeState
from ..errors import DisputeUnknown
from ..models import Dispute
from ..requests import utc
from .redemptions import terms_of

# What still waits for a decision; a voucher has at most one such dispute.
OPEN_STATES: Final = (DisputeState.OPEN, DisputeState.REFUND_PROPOSED)


def dispute_get(*, dispute_id: uuid.UUID) -> Dispute:
    """The dispute with its voucher.  Raises ``DisputeUnknown``."""
    dispute = Dispute.objects.select_related("redemption").filter(id=dispute_id).first()
    if dispute is None:
        raise DisputeUnknown
    return dispute


def dispute_page(
    *,
    state: DisputeState | None,
    partner_id: uuid.UUID | None,
    before: uuid.UUID | None,
    limit: int,
) -> list[Dispute]:
    """At most ``limit`` disputes, newest first, older than ``before``."""
    disputes = Dispute.objects.select_related("redemption").order_by("-id")
    if state is not None:
        disputes = disputes.filter(state=state)
    if partner_id is not None:
        disputes = disputes.filter(redemption__partner_id=partner_id)
    if before is not None:
        disputes = disputes.filter(id__lt=before)
    return list(disputes[:limit])


def dispute_bodies(disputes: list[Dispute]) -> list[dict[str, Any]]:
    """The bodies of ``DisputeOut``, with one read of their offers."""
    terms = terms_of(dispute.redemption for dispute in disputes)
    return [
        _body(dispute, terms[dispute.redemption.offer_id, dispute.redemption.offer_version])
        for dispute in disputes
    ]


def dispute_body(dispute: Dispute) -> dict[str, Any]:
    """The body of ``DisputeOut``."""
    return dispute_bodies([dispute])[0]


def _body(dispute: Dispute, promised: dict[str, Any]) -> dict[str, Any]:
    voucher = dispute.redemption
    return {
        "id": str(dispute.id),
        "voucher_code": shown(voucher.code),
        "redemption_id": str(voucher.id),
        "partner_id": str(voucher.partner_id),
        "offer_title": promised["title"],
        "points": voucher.points,
        "reimbursement_cents": voucher.reimbursement_cents,
        "captured_at": utc(voucher.captured_at) if voucher.captured_at else None,
        "site": voucher.site or None,
        "cashier": str(voucher.cashier) if voucher.cashier else None,
        "statement_id": str(voucher.statement_id) if voucher.statement_id else None,
        "reason": dispute.reason,
        "by": str(dispute.side),
        "actor": str(dispute.opened_by),
        "state": str(dispute.state),
        "correction_id": str(dispute.correction) if dispute.correction else None,
        "opened_at": utc(dispute.opened_at),
        "decided_by": str(dispute.decided_by) if dispute.decided_by else None,
        "decided_at": utc(dispute.decided_at) if dispute.decided_at else None,
    }
