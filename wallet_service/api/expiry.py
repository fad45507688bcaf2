"""``/v1/expiry-notices``: whose points are about to expire, told by the console."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.ledger.idempotency import Answer, Request, answer_keep, answer_once
from wallet_service.ledger.services import expiry_notice_acknowledge, expiry_notices_due

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, status_of
from .schemas.expiry import AcknowledgementIn, ExpiryNoticesOut, ExpiryQuery, NoticeOut
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["expiry"])


@router.get("", response={200: ExpiryNoticesOut, **READ_PROBLEMS}, operation_id="listExpiryNotices")
def list_notices(request: HttpRequest, query: Query[ExpiryQuery]) -> dict[str, Any]:
    """Announcements that nobody has acknowledged, the oldest first.

    Asking again gives the same ones until they are acknowledged, so `next_cursor` is always null.
    """
    require_scope(request, "expiry:read")
    return {
        "items": expiry_notices_due(now=timezone.now(), limit=query.limit),
        "next_cursor": None,
    }


@router.post(
    "/{notice_id}/acknowledgement",
    response={200: NoticeOut, **WRITE_PROBLEMS},
    operation_id="acknowledgeExpiryNotice",
)
def acknowledge_notice(
    request: HttpRequest,
    notice_id: Uuid,
    payload: AcknowledgementIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Say what became of an announcement; its points expire 30 days later at the earliest."""
    caller = require_scope(request, "expiry:write")
    kept = Request(
        client=caller.name,
        key=idempotency_key,
        operation="expiry_acknowledge",
        arguments={"notice_id": notice_id, "outcome": payload.outcome.value},
    )

    def effect() -> Answer:
        expiry_notice_acknowledge(notice_id=notice_id, outcome=payload.outcome)
        body = {"id": str(notice_id), "outcome": payload.outcome.value}
        return answer_keep(kept, Answer(status=200, body=body))

    return status_of(answer_once(kept, effect))
