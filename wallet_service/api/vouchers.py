"""``/v1/vouchers``: what a till sees of a code, its capture, and a dispute about it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.offers.selectors.redemptions import voucher_body, voucher_get
from wallet_service.offers.services.capturing import voucher_capture
from wallet_service.offers.services.disputes import dispute_open
from wallet_service.offers.services.locks import code_of

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, status_of
from .fields import VoucherCode
from .schemas.redemptions import CaptureIn, DisputeIn, DisputeOut, VoucherOut, VoucherQuery
from .types import IdempotencyKeyHeader

router = Router(tags=["vouchers"])


@router.get("/{code}", response={200: VoucherOut, **READ_PROBLEMS}, operation_id="readVoucher")
def read_voucher(
    request: HttpRequest, code: VoucherCode, query: Query[VoucherQuery]
) -> dict[str, Any]:
    """What to hand over for a code, in any spelling; with `partner_id`, only that partner's."""
    require_scope(request, "vouchers:read")
    return voucher_body(voucher_get(code=code_of(code), partner_id=query.partner_id))


@router.post(
    "/{code}/capture", response={200: VoucherOut, **WRITE_PROBLEMS}, operation_id="captureVoucher"
)
def capture_voucher(
    request: HttpRequest,
    code: VoucherCode,
    payload: CaptureIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Use the voucher, once.  409 `voucher_already_captured` says when and where it was used."""
    caller = require_scope(request, "vouchers:write")
    return status_of(
        voucher_capture(
            client=caller.name,
            key=idempotency_key,
            code=code,
            partner_id=payload.partner_id,
            cashier=payload.cashier,
            site=payload.site,
            own_voucher=payload.own_voucher,
        )
    )


@router.post(
    "/{code}/disputes", response={201: DisputeOut, **WRITE_PROBLEMS}, operation_id="openDispute"
)
def open_dispute(
    request: HttpRequest,
    code: VoucherCode,
    payload: DisputeIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Say that a captured voucher should not have been."""
    caller = require_scope(request, "vouchers:write")
    return status_of(
        dispute_open(
            client=caller.name,
            key=idempotency_key,
            code=code,
            partner_id=payload.partner_id,
            reason=payload.reason,
            actor=payload.actor,
        )
    )
