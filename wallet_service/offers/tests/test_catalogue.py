"""The catalogue says what can be had, and in a word why not."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest
from django.utils import timezone

from wallet_service.ledger.errors import WalletUnknown
from wallet_service.offers.domain import Obstacle, OfferState
from wallet_service.offers.models import Offer
from wallet_service.offers.selectors.catalogue import SHOWN_AFTER_END, catalogue_page

from .shop import funded, offer_opened, partner_opened, take


def _shown(
    *, commune: str | None = None, wallet_id: uuid.UUID | None = None
) -> dict[uuid.UUID, Obstacle | None]:
    lines = catalogue_page(
        commune=commune, wallet_id=wallet_id, before=None, limit=100, now=timezone.now()
    )
    return {line.offer.id: line.obstacle for line in lines}


def test_ordinary_answers_for_ordinary_obstacles(db: None) -> None:
    partner = partner_opened()
    now = timezone.now()
    wallet_id = funded(100)
    open_offer = offer_opened(partner)
    had = offer_opened(partner, per_wallet_limit=1)
    take(wallet_id, had)
    expected = {
        open_offer: None,
        had: Obstacle.LIMIT_REACHED,
        offer_opened(partner, stock=0): Obstacle.OUT_OF_STOCK,
        offer_opened(partner, valid_until=now - dt.timedelta(hours=1)): Obstacle.OFFER_EXPIRED,
        offer_opened(partner, valid_from=now + dt.timedelta(days=1)): Obstacle.OFFER_NOT_STARTED,
        offer_opened(partner, communes=("13001",)): Obstacle.OTHER_COMMUNE,
        offer_opened(partner, price_points=61): Obstacle.INSUFFICIENT_POINTS,
    }
    offer_opened(partner, state=OfferState.DRAFT)
    offer_opened(
        partner,
        valid_from=now - SHOWN_AFTER_END - dt.timedelta(days=2),
        valid_until=now - SHOWN_AFTER_END - dt.timedelta(hours=1),
    )
    assert _shown(commune="13205", wallet_id=wallet_id) == {
        offer.id: reason for offer, reason in expected.items()
    }
    # To somebody who says nothing of themselves, only what is so for everybody is said.
    for_all = {Obstacle.OUT_OF_STOCK, Obstacle.OFFER_EXPIRED, Obstacle.OFFER_NOT_STARTED, None}
    assert set(_shown().values()) == for_all


def test_pages_follow_each_other(db: None) -> None:
    partner = partner_opened()
    offers: list[Offer] = [offer_opened(partner) for _ in range(3)]
    now = timezone.now()
    first = catalogue_page(commune=None, wallet_id=None, before=None, limit=2, now=now)
    rest = catalogue_page(commune=None, wallet_id=None, before=first[-1].offer.id, limit=2, now=now)
    assert [line.offer.id for line in first + rest] == [one.id for one in reversed(offers)]


def test_an_unknown_wallet_is_refused(db: None) -> None:
    with pytest.raises(WalletUnknown):
        _shown(wallet_id=uuid.uuid4())
