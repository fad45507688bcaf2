"""What can be had now, and in a word why not."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count

from wallet_service.ledger.selectors import balances_of, wallet_get

from ..domain import (
    Asker,
    Obstacle,
    OfferFacts,
    OfferState,
    PartnerState,
    RedemptionState,
    obstacle,
    paris_day,
)
from ..models import Offer, Redemption
from .offers import left_of
from .partners import agreement_periods

# An offer that is over stays visible for a while, so that people read why instead of nothing.
SHOWN_AFTER_END: Final = dt.timedelta(days=7)
# What counts against a wallet's limit and an offer's stock.
COUNTED: Final = (RedemptionState.HELD, RedemptionState.CAPTURED)


@dataclass(frozen=True, slots=True)
class CatalogueLine:
    """An offer and why it can't be had now (``None``: it can)."""

    offer: Offer
    obstacle: Obstacle | None


def catalogue_page(
    *,
    commune: str | None,
    wallet_id: uuid.UUID | None,
    before: uuid.UUID | None,
    limit: int,
    now: dt.datetime,
) -> list[CatalogueLine]:
    """At most ``limit`` published offers, newest first, as they stand for the one who asks.

    Raises ``WalletUnknown``.
    """
    offers = (
        Offer.objects.select_related("partner", "counter")
        .filter(state=OfferState.PUBLISHED, valid_until__gt=now - SHOWN_AFTER_END)
        .order_by("-id")
    )
    if before is not None:
        offers = offers.filter(id__lt=before)
    shown = list(offers[:limit])
    available = had = None
    if wallet_id is not None:
        available = balances_of(wallet=wallet_get(wallet_id=wallet_id)).available_points
        had = _had(wallet_id, shown)
    periods = agreement_periods(partner_ids=[offer.partner_id for offer in shown])
    today = paris_day(now)
    return [
        CatalogueLine(
            offer,
            obstacle(
                facts_of(
                    offer,
                    agreement_in_force=any(
                        starts_on <= today <= ends_on
                        for starts_on, ends_on in periods.get(offer.partner_id, [])
                    ),
                ),
                Asker(
                    commune=commune,
                    had=None if had is None else had.get(offer.id, 0),
                    available_points=available,
                ),
                now=now,
            ),
        )
        for offer in shown
    ]


def facts_of(offer: Offer, *, agreement_in_force: bool) -> OfferFacts:
    """What decides about the offer, in the domain's terms."""
    return OfferFacts(
        state=OfferState(offer.state),
        partner_state=PartnerState(offer.partner.state),
        agreement_in_force=agreement_in_force,
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        communes=tuple(offer.communes),
        left=left_of(offer),
        per_wallet_limit=offer.per_wallet_limit,
        price_points=offer.price_points,
    )


def _had(wallet_id: uuid.UUID, offers: Sequence[Offer]) -> dict[uuid.UUID, int]:
    counted = (
        Redemption.objects.filter(wallet_id=wallet_id, offer__in=offers, state__in=COUNTED)
        .values("offer_id")
        .annotate(times=Count("id"))
    )
    return {row["offer_id"]: row["times"] for row in counted}
