"""``/v1/offers`` for supervisors, ``/v1/catalogue`` for everybody else."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.offers.models import Offer
from wallet_service.offers.selectors.catalogue import CatalogueLine, catalogue_page
from wallet_service.offers.selectors.offers import (
    offer_body,
    offer_get,
    offer_history,
    offer_page,
)
from wallet_service.offers.services.offers import OfferTerms, offer_change, offer_create

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .messages import REFUSALS
from .schemas.offers import (
    CataloguePage,
    CatalogueQuery,
    OfferChangeIn,
    OfferHistory,
    OfferIn,
    OfferOut,
    OfferPage,
    OffersQuery,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["offers"])
catalogue_router = Router(tags=["offers"])


@router.get("", response={200: OfferPage, **READ_PROBLEMS}, operation_id="listOffers")
def list_offers(request: HttpRequest, query: Query[OffersQuery]) -> dict[str, Any]:
    """Every offer, whatever its state, newest first."""
    require_scope(request, "offers:read")
    return page_of(
        offer_page(
            partner_id=query.partner_id,
            state=query.state,
            before=query.cursor,
            limit=query.limit + 1,
        ),
        limit=query.limit,
        cursor=lambda offer: offer.id,
        bodies=_bodies,
    )


@router.post("", response={201: OfferOut, **WRITE_PROBLEMS}, operation_id="createOffer")
def create_offer(
    request: HttpRequest, payload: OfferIn, idempotency_key: IdempotencyKeyHeader
) -> Status[Any]:
    """Write an offer.  Agreements with the partner must cover its whole validity."""
    caller = require_scope(request, "offers:write")
    return status_of(
        offer_create(
            client=caller.name,
            key=idempotency_key,
            partner_id=payload.partner_id,
            actor=payload.actor,
            terms=OfferTerms(
                title=payload.title,
                description=payload.description,
                how_to_use=payload.how_to_use,
                price_points=payload.price_points,
                reimbursement_cents=payload.reimbursement_cents,
                stock=payload.stock,
                per_wallet_limit=payload.per_wallet_limit,
                communes=tuple(payload.communes),
                valid_from=payload.valid_from,
                valid_until=payload.valid_until,
                voucher_days=payload.voucher_days,
                state=payload.state,
            ),
        )
    )


@router.get("/{offer_id}", response={200: OfferOut, **READ_PROBLEMS}, operation_id="readOffer")
def read_offer(request: HttpRequest, offer_id: Uuid) -> dict[str, Any]:
    """The offer as it stands."""
    require_scope(request, "offers:read")
    return offer_body(offer_get(offer_id=offer_id))


@router.patch("/{offer_id}", response={200: OfferOut, **WRITE_PROBLEMS}, operation_id="changeOffer")
def change_offer(
    request: HttpRequest,
    offer_id: Uuid,
    payload: OfferChangeIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Change some of an offer's terms; its history keeps both versions."""
    caller = require_scope(request, "offers:write")
    return status_of(
        offer_change(
            client=caller.name,
            key=idempotency_key,
            offer_id=offer_id,
            changes=payload.changes(),
            actor=payload.actor,
            version=payload.version,
        )
    )


@router.get(
    "/{offer_id}/history",
    response={200: OfferHistory, **READ_PROBLEMS},
    operation_id="offerHistory",
)
def read_history(request: HttpRequest, offer_id: Uuid) -> dict[str, Any]:
    """Every version of the offer, newest first."""
    require_scope(request, "offers:read")
    return {"items": offer_history(offer_id=offer_id)}


@catalogue_router.get(
    "", response={200: CataloguePage, **READ_PROBLEMS}, operation_id="readCatalogue"
)
def read_catalogue(request: HttpRequest, query: Query[CatalogueQuery]) -> dict[str, Any]:
    """What is on offer, newest first, and in words why something can't be had."""
    require_scope(request, "offers:read")
    return page_of(
        catalogue_page(
            commune=query.commune,
            wallet_id=query.wallet_id,
            before=query.cursor,
            limit=query.limit + 1,
            now=timezone.now(),
        ),
        limit=query.limit,
        cursor=lambda line: line.offer.id,
        bodies=_lines,
    )


def _bodies(offers: list[Offer]) -> list[dict[str, Any]]:
    return [offer_body(offer) for offer in offers]


def _lines(lines: list[CatalogueLine]) -> list[dict[str, Any]]:
    return [
        {
            **offer_body(line.offer),
            "available": line.obstacle is None,
            "reason": line.obstacle,
            "message": REFUSALS[line.obstacle][1] if line.obstacle else None,
        }
        for line in lines
    ]
