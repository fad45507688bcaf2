"""Reads of offers: one, a page, its history."""

from __future__ import annotations

import uuid
from typing import Any

from ..domain import OfferState
from ..errors import OfferUnknown
from ..models import Offer, OfferChange
from ..requests import utc


def offer_get(*, offer_id: uuid.UUID) -> Offer:
    """The offer with its partner and stock.  Raises ``OfferUnknown``."""
    offer = Offer.objects.select_related("partner", "counter").filter(id=offer_id).first()
    if offer is None:
        raise OfferUnknown
    return offer


def offer_page(
    *,
    partner_id: uuid.UUID | None,
    state: OfferState | None,
    before: uuid.UUID | None,
    limit: int,
) -> list[Offer]:
    """At most ``limit`` offers, newest first, older than ``before``."""
    offers = Offer.objects.select_related("partner", "counter").order_by("-id")
    if partner_id is not None:
        offers = offers.filter(partner_id=partner_id)
    if state is not None:
        offers = offers.filter(state=state)
    if before is not None:
        offers = offers.filter(id__lt=before)
    return list(offers[:limit])


def offer_history(*, offer_id: uuid.UUID) -> list[OfferChange]:
    """Every version of the offer, newest first.  Raises ``OfferUnknown``."""
    offer_get(offer_id=offer_id)
    return list(OfferChange.objects.filter(offer_id=offer_id).order_by("-version"))


def left_of(offer: Offer) -> int | None:
    """Vouchers that can still be taken; ``None`` when there is no end."""
    counter = offer.counter
    return None if counter.total is None else counter.total - counter.taken


def offer_body(offer: Offer) -> dict[str, Any]:
    """The body of ``OfferOut``."""
    return {
        "id": str(offer.id),
        "partner_id": str(offer.partner_id),
        "partner_name": offer.partner.name,
        "title": offer.title,
        "description": offer.description,
        "how_to_use": offer.how_to_use,
        "price_points": offer.price_points,
        "reimbursement_cents": offer.reimbursement_cents,
        "stock": offer.stock,
        "taken": None if offer.stock is None else offer.counter.taken,
        "left": left_of(offer),
        "per_wallet_limit": offer.per_wallet_limit,
        "communes": list(offer.communes),
        "valid_from": utc(offer.valid_from),
        "valid_until": utc(offer.valid_until),
        "voucher_days": offer.voucher_days,
        "state": str(offer.state),
        "version": offer.version,
        "created_at": utc(offer.created_at),
    }
