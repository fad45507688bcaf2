"""Points for a voucher, the voucher given back, and everything that stands in the way."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from service_kit.voucher_code import parse
from wallet_service.ledger.errors import (
    IdempotencyConflict,
    InsufficientPoints,
    Refusal,
    WalletUnknown,
)
from wallet_service.offers import errors
from wallet_service.offers.domain import OfferState, PartnerState, RedemptionState, paris_day
from wallet_service.offers.models import Partner, Redemption
from wallet_service.offers.services.offers import offer_change
from wallet_service.offers.services.partners import partner_change

from .shop import (
    ACTOR,
    CLIENT,
    PRICE,
    SIRETS,
    balances,
    cancel,
    capture,
    funded,
    key,
    offer_opened,
    partner_opened,
    stock_taken,
    take,
    taken,
)


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_opened()


def test_a_voucher_holds_its_points_and_can_be_read_aloud(partner: Partner) -> None:
    wallet_id = funded(100)
    answer = take(wallet_id, offer_opened(partner, stock=5))
    body = answer.body
    assert (answer.status, body["state"], body["points"]) == (201, "held", PRICE)
    assert body["offer"]["how_to_use"] == "Montrez le code à la caisse."
    assert Redemption.objects.get(code=parse(body["voucher_code"])).id == uuid.UUID(body["id"])
    left = balances(wallet_id)
    assert (left.available_points, left.held_points) == (100 - PRICE, PRICE)


def test_nobody_pays_another_price_than_the_one_agreed_to(partner: Partner) -> None:
    wallet_id, offer, again = funded(100), offer_opened(partner, stock=5), key()
    first = take(wallet_id, offer, price_points=PRICE, key=again)
    dearer = {"price_points": PRICE + 1}
    offer_change(client=CLIENT, key=key(), offer_id=offer.id, changes=dearer, actor=ACTOR)
    with pytest.raises(errors.OfferChanged):
        take(wallet_id, offer, price_points=PRICE)
    assert (balances(wallet_id).held_points, stock_taken(offer)) == (PRICE, 1)
    # What was agreed to before stays agreed to, and another price is another request.
    assert take(wallet_id, offer, price_points=PRICE, key=again).body == first.body
    with pytest.raises(IdempotencyConflict):
        take(wallet_id, offer, price_points=PRICE + 1, key=again)
    assert take(wallet_id, offer, price_points=PRICE + 1).body["points"] == PRICE + 1


def test_it_lapses_at_midnight_after_its_days_or_with_the_agreement(partner: Partner) -> None:
    wallet_id = funded(100)
    offer = offer_opened(partner, voucher_days=3)
    ends = taken(wallet_id, offer).expires_at
    today = paris_day(timezone.now())
    assert paris_day(ends - dt.timedelta(microseconds=1)) == today + dt.timedelta(days=3)
    assert paris_day(ends) == today + dt.timedelta(days=4)

    short = partner_opened(SIRETS[1], days=2)
    until = timezone.now() + dt.timedelta(days=1)
    ends = taken(wallet_id, offer_opened(short, valid_until=until)).expires_at
    assert paris_day(ends) == today + dt.timedelta(days=3)


def test_the_same_request_again_gives_the_same_voucher(partner: Partner) -> None:
    wallet_id = funded(100)
    offer = offer_opened(partner, stock=1)
    first = take(wallet_id, offer, key="once")
    again = take(wallet_id, offer, key="once")
    assert (again.body, again.replayed) == (first.body, True)
    assert (stock_taken(offer), Redemption.objects.count()) == (1, 1)
    with pytest.raises(IdempotencyConflict):
        take(wallet_id, offer_opened(partner), key="once")


@pytest.mark.parametrize(
    ("changes", "more", "refusal"),
    [
        ({"state": OfferState.DRAFT}, {}, errors.OfferWithdrawn),
        ({"valid_from": timezone.now() + dt.timedelta(days=2)}, {}, errors.OfferNotStarted),
        ({"valid_until": timezone.now() - dt.timedelta(hours=1)}, {}, errors.OfferExpired),
        ({"stock": 0}, {}, errors.OutOfStock),
        ({"communes": ("13055",)}, {"commune": "13001"}, errors.OtherCommune),
        ({"communes": ("13055",)}, {}, errors.CommuneNeeded),
        ({"price_points": 101}, {}, InsufficientPoints),
    ],
)
def test_what_stands_in_the_way_is_said_and_nothing_is_written(
    partner: Partner, changes: dict[str, Any], more: dict[str, Any], refusal: type[Refusal]
) -> None:
    wallet_id = funded(100)
    offer = offer_opened(partner, **changes)
    with pytest.raises(refusal):
        take(wallet_id, offer, **more)
    assert not Redemption.objects.exists()
    assert (balances(wallet_id).available_points, stock_taken(offer)) == (100, 0)


def test_marseille_is_one_commune(partner: Partner) -> None:
    assert take(funded(100), offer_opened(partner, communes=("13055",)), commune="13208")


def test_unknown_wallets_and_offers_are_refused(partner: Partner) -> None:
    offer = offer_opened(partner)
    with pytest.raises(WalletUnknown):
        take(uuid.uuid4(), offer)
    with pytest.raises(WalletUnknown):
        take(partner.id, offer)  # a partner earns, it does not spend
    offer.id = uuid.uuid4()
    with pytest.raises(errors.OfferUnknown):
        take(funded(100), offer)


def test_a_suspended_partner_gives_nothing_until_it_is_back(partner: Partner) -> None:
    offer, wallet_id = offer_opened(partner), funded(100)
    for state in (PartnerState.SUSPENDED, PartnerState.ACTIVE):
        partner_change(client=CLIENT, key=key(), partner_id=partner.id, actor=ACTOR, state=state)
        if state is PartnerState.SUSPENDED:
            with pytest.raises(errors.PartnerSuspended):
                take(wallet_id, offer)
    assert take(wallet_id, offer)


def test_the_limit_counts_what_is_held_or_used_not_what_was_given_back(partner: Partner) -> None:
    wallet_id = funded(1000)
    offer = offer_opened(partner, per_wallet_limit=2)
    capture(taken(wallet_id, offer))
    second = taken(wallet_id, offer)
    with pytest.raises(errors.LimitReached):
        take(wallet_id, offer)
    cancel(second)
    assert take(wallet_id, offer)
    assert take(funded(100), offer)  # another wallet has its own


def test_cancelling_returns_points_and_stock_once(partner: Partner) -> None:
    wallet_id = funded(100)
    offer = offer_opened(partner, stock=1)
    redemption = taken(wallet_id, offer)
    answer = cancel(redemption)
    assert (answer.status, answer.body["state"]) == (200, "cancelled")
    assert answer.body["released_at"]
    left = balances(wallet_id)
    assert (left.available_points, left.held_points, stock_taken(offer)) == (100, 0, 0)
    with pytest.raises(errors.RedemptionNotHeld):
        cancel(redemption)
    assert take(wallet_id, offer)


def test_a_used_voucher_cannot_be_given_back(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    capture(redemption)
    with pytest.raises(errors.RedemptionNotHeld):
        cancel(redemption)


def test_what_was_promised_stays_when_the_offer_changes(partner: Partner) -> None:
    wallet_id = funded(1000)
    offer = offer_opened(partner)
    before = taken(wallet_id, offer)
    offer_change(
        client=CLIENT,
        key=key(),
        offer_id=offer.id,
        changes={"title": "Deux entrées", "price_points": 60, "reimbursement_cents": 700},
        actor=ACTOR,
    )
    after = take(wallet_id, offer).body
    assert (after["offer"]["title"], after["points"]) == ("Deux entrées", 60)
    used = capture(before).body
    assert (used["offer"]["title"], used["points"]) == ("Une entrée à la piscine", PRICE)
    assert used["reimbursement_cents"] == 350


def test_a_withdrawn_offers_vouchers_stay_good(partner: Partner) -> None:
    offer = offer_opened(partner)
    redemption = taken(funded(100), offer)
    offer_change(
        client=CLIENT,
        key=key(),
        offer_id=offer.id,
        changes={"state": OfferState.WITHDRAWN},
        actor=ACTOR,
    )
    assert capture(redemption).body["state"] == RedemptionState.CAPTURED
