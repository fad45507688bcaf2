"""``/v1/corrections``: proposed by one supervisor, decided by another."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.rewards.correcting import correction_decide, correction_propose
from wallet_service.rewards.domain import CorrectionKind
from wallet_service.rewards.rendering import correction_body
from wallet_service.rewards.selectors import corrections_page

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.corrections import (
    CorrectionDecision,
    CorrectionDecisionIn,
    CorrectionIn,
    CorrectionOut,
    CorrectionPage,
    CorrectionsQuery,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["corrections"])


@router.get("", response={200: CorrectionPage, **READ_PROBLEMS}, operation_id="listCorrections")
def list_corrections(request: HttpRequest, page: Query[CorrectionsQuery]) -> dict[str, Any]:
    """Corrections, newest first."""
    require_scope(request, "corrections:read")
    return page_of(
        corrections_page(state=page.state, before=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda correction: correction.id,
        bodies=lambda corrections: [correction_body(one) for one in corrections],
    )


@router.post("", response={201: CorrectionOut, **WRITE_PROBLEMS}, operation_id="proposeCorrection")
def propose_correction(
    request: HttpRequest, payload: CorrectionIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Propose a correction; it changes nothing until another person approves it."""
    caller = require_scope(request, "corrections:write")
    return status_of(
        correction_propose(
            client=caller.name,
            key=idempotency_key,
            kind=CorrectionKind(payload.kind.value),
            wallet_id=payload.wallet_id,
            subject=payload.subject,
            points=payload.points,
            reason=payload.reason,
            actor=payload.actor,
        )
    )


@router.post(
    "/{correction_id}/decision",
    response={200: CorrectionOut, **WRITE_PROBLEMS},
    operation_id="decideCorrection",
)
def decide_correction(
    request: HttpRequest,
    correction_id: Uuid,
    payload: CorrectionDecisionIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Apply it or reject it, as another person than the one who proposed it."""
    caller = require_scope(request, "corrections:write")
    return status_of(
        correction_decide(
            client=caller.name,
            key=idempotency_key,
            correction_id=correction_id,
            approve=payload.decision is CorrectionDecision.APPROVE,
            actor=payload.actor,
        )
    )
