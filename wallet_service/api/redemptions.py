"""``/v1/redemptions`` and ``/v1/wallets/{id}/redemptions``: points for a voucher, and back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.offers.selectors.redemptions import (
    redemption_bodies,
    redemption_body,
    redemption_get,
    redemption_page,
)
from wallet_service.offers.services.redeeming import redeem, redemption_cancel

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.common import PageQuery
from .schemas.redemptions import RedemptionIn, RedemptionOut, RedemptionPage
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["redemptions"])
wallet_router = Router(tags=["redemptions"])


@router.post("", response={201: RedemptionOut, **WRITE_PROBLEMS}, operation_id="redeem")
def post_redemption(
    request: HttpRequest, payload: RedemptionIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Take a voucher: the points are held until it is captured, cancelled or lapses."""
    caller = require_scope(request, "redemptions:write")
    return status_of(
        redeem(
            client=caller.name,
            key=idempotency_key,
            wallet_id=payload.wallet_id,
            offer_id=payload.offer_id,
            channel=payload.channel,
            commune=payload.commune,
            price_points=payload.price_points,
        )
    )


@router.get(
    "/{redemption_id}",
    response={200: RedemptionOut, **READ_PROBLEMS},
    operation_id="readRedemption",
)
def read_redemption(request: HttpRequest, redemption_id: Uuid) -> dict[str, Any]:
    """The redemption and its voucher as they stand now."""
    require_scope(request, "redemptions:read")
    return redemption_body(redemption_get(redemption_id=redemption_id))


@router.post(
    "/{redemption_id}/cancel",
    response={200: RedemptionOut, **WRITE_PROBLEMS},
    operation_id="cancelRedemption",
)
def cancel_redemption(
    request: HttpRequest, redemption_id: Uuid, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Give an unused voucher back: points and stock return at once."""
    caller = require_scope(request, "redemptions:write")
    return status_of(
        redemption_cancel(client=caller.name, key=idempotency_key, redemption_id=redemption_id)
    )


@wallet_router.get(
    "/{wallet_id}/redemptions",
    response={200: RedemptionPage, **READ_PROBLEMS},
    operation_id="listRedemptions",
)
def list_redemptions(
    request: HttpRequest, wallet_id: Uuid, page: Query[PageQuery]
) -> dict[str, Any]:
    """The wallet's vouchers, newest first."""
    require_scope(request, "redemptions:read")
    return page_of(
        redemption_page(wallet_id=wallet_id, before=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda redemption: redemption.id,
        bodies=redemption_bodies,
    )
