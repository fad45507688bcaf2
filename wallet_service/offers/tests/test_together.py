"""What happens at the same moment, on connections of their own: never one voucher too many."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from wallet_service.ledger.errors import InsufficientPoints
from wallet_service.ledger.models import Account
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.offers import errors
from wallet_service.offers.domain import paris_day
from wallet_service.offers.models import Offer, Partner, Redemption
from wallet_service.offers.services.lapsing import holds_lapse_due
from wallet_service.offers.services.offers import offer_change
from wallet_service.offers.services.statements import statement_close

from .shop import (
    ACTOR,
    CLIENT,
    PRICE,
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

Together = Callable[..., list[Any]]
AT_ONCE = 8


@pytest.fixture
def partner(committed_db: None) -> Partner:
    return partner_opened()


def _won(outcomes: list[Any]) -> list[Any]:
    return [outcome for outcome in outcomes if not isinstance(outcome, Exception)]


def _lost(outcomes: list[Any]) -> set[type]:
    return {type(outcome) for outcome in outcomes if isinstance(outcome, Exception)}


def _close(partner: Partner) -> Any:
    tomorrow = timezone.now() + dt.timedelta(days=1)
    return statement_close(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        until=paris_day(tomorrow),
        actor=ACTOR,
        now=tomorrow,
    )


def test_stock_never_goes_below_zero(partner: Partner, together: Together) -> None:
    offer = offer_opened(partner, stock=3)
    wallets = [funded(PRICE) for _ in range(AT_ONCE)]
    outcomes = together(*[partial(take, wallet, offer) for wallet in wallets])
    assert (len(_won(outcomes)), _lost(outcomes)) == (3, {errors.OutOfStock})
    assert (stock_taken(offer), Redemption.objects.count()) == (3, 3)
    assert sum(balances(wallet).held_points for wallet in wallets) == 3 * PRICE
    assert sum_of_all_balances() == 0


def test_a_wallet_spends_its_points_once(partner: Partner, together: Together) -> None:
    offer, wallet_id = offer_opened(partner), funded(PRICE)
    outcomes = together(*[partial(take, wallet_id, offer)] * AT_ONCE)
    assert (len(_won(outcomes)), _lost(outcomes)) == (1, {InsufficientPoints})
    assert balances(wallet_id).available_points == 0


def test_the_limit_holds_for_one_wallet(partner: Partner, together: Together) -> None:
    offer, wallet_id = offer_opened(partner, per_wallet_limit=2), funded(1000)
    outcomes = together(*[partial(take, wallet_id, offer)] * AT_ONCE)
    assert (len(_won(outcomes)), _lost(outcomes)) == (2, {errors.LimitReached})


def test_one_key_is_one_voucher(partner: Partner, together: Together) -> None:
    offer, wallet_id = offer_opened(partner, stock=5), funded(1000)
    outcomes = together(*[partial(take, wallet_id, offer, key="same")] * 4)
    assert len({answer.body["id"] for answer in outcomes}) == 1
    assert (stock_taken(offer), Redemption.objects.count()) == (1, 1)


def test_two_scans_are_one_capture(partner: Partner, together: Together) -> None:
    wallet_id = funded(100)
    redemption = taken(wallet_id, offer_opened(partner))
    outcomes = together(*[partial(capture, redemption)] * 4)
    assert (len(_won(outcomes)), _lost(outcomes)) == (1, {errors.VoucherAlreadyCaptured})
    assert Account.objects.get(wallet_id=partner.id).balance_points == PRICE


def test_a_capture_and_a_cancellation_exclude_each_other(
    partner: Partner, together: Together
) -> None:
    for _ in range(4):
        wallet_id = funded(100)
        redemption = taken(wallet_id, offer_opened(partner, stock=1))
        scan, back = together(partial(capture, redemption), partial(cancel, redemption))
        redemption.refresh_from_db()
        left = balances(wallet_id)
        if redemption.state == "captured":
            assert isinstance(back, errors.RedemptionNotHeld)
            assert (left.available_points, left.held_points) == (100 - PRICE, 0)
        else:
            assert redemption.state == "cancelled"
            assert isinstance(scan, errors.VoucherCancelled)
            assert (left.available_points, left.held_points) == (100, 0)
    assert sum_of_all_balances() == 0


def test_a_capture_and_a_lapse_exclude_each_other(partner: Partner, together: Together) -> None:
    for _ in range(4):
        wallet_id = funded(100)
        offer = offer_opened(partner, stock=1)
        redemption = taken(wallet_id, offer)
        lapse = partial(holds_lapse_due, now=redemption.expires_at, limit=10)
        scan, lapsed = together(partial(capture, redemption), lapse)
        redemption.refresh_from_db()
        if redemption.state == "captured":
            assert (lapsed, stock_taken(offer)) == (0, 1)
            assert balances(wallet_id).available_points == 100 - PRICE
        else:
            assert (redemption.state, lapsed, stock_taken(offer)) == ("expired", 1, 0)
            assert isinstance(scan, errors.VoucherExpired)
            assert balances(wallet_id).available_points == 100


def test_two_workers_lapse_each_voucher_once(partner: Partner, together: Together) -> None:
    offer = offer_opened(partner, stock=6)
    held = [taken(funded(PRICE), offer) for _ in range(6)]
    lapse = partial(holds_lapse_due, now=held[0].expires_at, limit=10)
    assert sum(together(lapse, lapse, lapse)) == 6
    assert (stock_taken(offer), Redemption.objects.filter(state="expired").count()) == (0, 6)


def test_stock_given_an_end_counts_the_vouchers_taken_meanwhile(
    partner: Partner, together: Together
) -> None:
    offer = offer_opened(partner)
    wallets = [funded(PRICE) for _ in range(6)]

    def limit(offer: Offer) -> Any:
        return offer_change(
            client=CLIENT,
            key=key(),
            offer_id=offer.id,
            changes={"stock": 100},
            actor=ACTOR,
        )

    outcomes = together(
        *[partial(take, wallet, offer) for wallet in wallets], partial(limit, offer)
    )
    assert len(_won(outcomes)) == 7
    assert stock_taken(offer) == Redemption.objects.count() == 6


def test_a_period_is_closed_once_and_holds_whole_vouchers(
    partner: Partner, together: Together
) -> None:
    offer = offer_opened(partner)
    held = [taken(funded(PRICE), offer) for _ in range(6)]
    capture(held[0])
    outcomes = together(
        *[partial(capture, redemption) for redemption in held[1:]],
        partial(_close, partner),
        partial(_close, partner),
    )
    closed = [answer for answer in _won(outcomes) if "vouchers" in answer.body]
    assert len(closed) == 1
    assert _lost(outcomes) == {errors.PeriodClosed}
    inside = Redemption.objects.exclude(statement=None)
    assert closed[0].body["points"] == PRICE * inside.count()
    outside = Redemption.objects.filter(statement=None).count()
    assert Account.objects.get(wallet_id=partner.id).balance_points == PRICE * outside
    assert inside.count() + outside == 6
    assert {one.statement_id for one in inside} == {uuid.UUID(closed[0].body["id"])}
