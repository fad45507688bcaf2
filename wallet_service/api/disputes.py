"""``/v1/disputes``: captured vouchers that somebody says are wrong."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.offers.selectors.disputes import (
    dispute_bodies,
    dispute_body,
    dispute_get,
    dispute_page,
)
from wallet_service.offers.services.disputes import dispute_decide

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.redemptions import DecisionIn, DisputeOut, DisputePage, DisputesQuery
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["vouchers"])


@router.get("", response={200: DisputePage, **READ_PROBLEMS}, operation_id="listDisputes")
def list_disputes(request: HttpRequest, query: Query[DisputesQuery]) -> dict[str, Any]:
    """Disputes, newest first."""
    require_scope(request, "vouchers:read")
    return page_of(
        dispute_page(
            state=query.state,
            partner_id=query.partner_id,
            before=query.cursor,
            limit=query.limit + 1,
        ),
        limit=query.limit,
        cursor=lambda dispute: dispute.id,
        bodies=dispute_bodies,
    )


@router.get(
    "/{dispute_id}", response={200: DisputeOut, **READ_PROBLEMS}, operation_id="readDispute"
)
def read_dispute(request: HttpRequest, dispute_id: Uuid) -> dict[str, Any]:
    """The dispute and what is known of its voucher."""
    require_scope(request, "vouchers:read")
    return dispute_body(dispute_get(dispute_id=dispute_id))


@router.post(
    "/{dispute_id}/decision",
    response={200: DisputeOut, **WRITE_PROBLEMS},
    operation_id="decideDispute",
)
def decide_dispute(
    request: HttpRequest,
    dispute_id: Uuid,
    payload: DecisionIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Dismiss it, or propose the refund: a correction that a second supervisor decides."""
    caller = require_scope(request, "vouchers:write")
    return status_of(
        dispute_decide(
            client=caller.name,
            key=idempotency_key,
            dispute_id=dispute_id,
            decision=payload.decision,
            actor=payload.actor,
        )
    )
