"""Vouchers that a partner or a supervisor says are wrong, and what was decided."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service_kit import voucher_code

from .http import request
from .pages import all_items


@dataclass(frozen=True)
class DisputeView:
    """A dispute; ``state`` is ``open``, ``refund_proposed``, ``refunded`` or ``dismissed``.

    ``side`` says who brought it: ``partner`` or ``supervisor``.  ``correction_id`` is what a second
    supervisor must approve.  A voucher with a ``statement_id`` can't be refunded any more.  Nothing
    here says whose wallet the voucher came from.
    """

    id: uuid.UUID
    voucher_code: str
    partner_id: uuid.UUID
    offer_title: str
    points: int
    cents: int
    captured_at: datetime | None
    site: str
    cashier: uuid.UUID | None
    statement_id: uuid.UUID | None
    reason: str
    side: str
    actor: uuid.UUID
    state: str
    correction_id: uuid.UUID | None
    opened_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None


def dispute_list(*, state: str | None = None) -> Sequence[DisputeView]:
    """Disputes, newest first."""
    params = {"state": state} if state else {}
    disputes = [_dispute(item) for item in all_items("/v1/disputes", params=params)]
    return sorted(disputes, key=lambda dispute: dispute.opened_at, reverse=True)


def dispute_get(dispute_id: uuid.UUID) -> DisputeView:
    """Raises ``WalletRefused`` (``dispute_unknown``) or ``WalletUnavailable``."""
    return _dispute(request("GET", f"/v1/disputes/{dispute_id}"))


def dispute_open(*, key: uuid.UUID, code: str, reason: str, actor: uuid.UUID) -> DisputeView:
    """A supervisor's own; ``code`` as ``voucher_code.parse`` gives it, ``reason`` is a code.

    Refusals: ``voucher_unknown``, ``voucher_not_captured``, ``dispute_exists``, ``dispute_final``,
    ``period_closed``.
    """
    return _dispute(
        request(
            "POST",
            f"/v1/vouchers/{code}/disputes",
            key=f"dispute-open:{key}",
            json={"reason": reason, "actor": str(actor)},
        )
    )


def dispute_decide(
    *, key: uuid.UUID, dispute_id: uuid.UUID, decision: str, actor: uuid.UUID
) -> DisputeView:
    """``refund`` proposes a correction that a second supervisor approves; ``dismiss`` ends it.

    Refusals: ``dispute_decided``, ``period_closed``.
    """
    return _dispute(
        request(
            "POST",
            f"/v1/disputes/{dispute_id}/decision",
            key=f"dispute:{key}",
            json={"decision": decision, "actor": str(actor)},
        )
    )


def _dispute(body: dict[str, Any]) -> DisputeView:
    opened_at = _instant(body["opened_at"])
    assert opened_at is not None
    return DisputeView(
        id=uuid.UUID(body["id"]),
        voucher_code=voucher_code.parse(body["voucher_code"]),
        partner_id=uuid.UUID(body["partner_id"]),
        offer_title=body["offer_title"],
        points=body["points"],
        cents=body["reimbursement_cents"],
        captured_at=_instant(body.get("captured_at")),
        site=body.get("site") or "",
        cashier=_uuid(body.get("cashier")),
        statement_id=_uuid(body.get("statement_id")),
        reason=body["reason"],
        side=body["by"],
        actor=uuid.UUID(body["actor"]),
        state=body["state"],
        correction_id=_uuid(body.get("correction_id")),
        opened_at=opened_at,
        decided_by=_uuid(body.get("decided_by")),
        decided_at=_instant(body.get("decided_at")),
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
