"""The partner's scan: once, by the right partner, in time; and what looks wrong goes to review."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.utils import timezone

from service_kit.voucher_code import shown
from wallet_service.ledger.models import Account, JournalEntry
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.ledger.services import hold_release
from wallet_service.offers import errors
from wallet_service.offers.domain import PartnerState
from wallet_service.offers.models import Partner, Redemption
from wallet_service.offers.requests import utc
from wallet_service.offers.services.lapsing import holds_lapse_due
from wallet_service.offers.services.partners import partner_change
from wallet_service.rewards.models import ReviewCase

from .shop import (
    ACTOR,
    CASHIER,
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
    taken,
)


@pytest.fixture
def partner(db: None) -> Partner:
    return partner_opened()


def _earned(partner: Partner) -> int:
    points: int = Account.objects.get(wallet_id=partner.id).balance_points
    return points


def test_a_capture_moves_the_points_to_the_partner(partner: Partner) -> None:
    wallet_id = funded(100)
    redemption = taken(wallet_id, offer_opened(partner))
    body = capture(redemption).body
    assert (body["state"], body["site"], body["cashier"]) == ("captured", "Caisse 1", str(CASHIER))
    left = balances(wallet_id)
    assert (left.available_points, left.held_points, _earned(partner)) == (60, 0, PRICE)
    entry = JournalEntry.objects.get(kind="redemption_captured")
    assert (entry.subject, entry.settlement_intent.operation) == (redemption.id, "move")
    assert sum_of_all_balances() == 0
    assert not ReviewCase.objects.exists()


def test_a_second_scan_says_when_and_where(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    first = capture(redemption, key="till-1")
    assert capture(redemption, key="till-1").body == first.body  # the same request again
    with pytest.raises(errors.VoucherAlreadyCaptured) as refused:
        capture(redemption, key="till-2", site="Caisse 2")
    assert refused.value.fields == {"captured_at": first.body["captured_at"], "site": "Caisse 1"}
    assert _earned(partner) == PRICE


@pytest.mark.parametrize("spelling", [str.lower, shown, lambda code: f" {shown(code)} "])
def test_a_code_is_taken_in_any_spelling(partner: Partner, spelling: Any) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    redemption.code = spelling(redemption.code)
    assert capture(redemption).body["state"] == "captured"


def test_wrong_codes_are_told_apart(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    right = redemption.code
    redemption.code = right[:-1] + ("0" if right[-1] != "0" else "1")
    with pytest.raises(errors.VoucherCodeMistyped):
        capture(redemption)
    redemption.code = "000000001"  # a code by its check symbol, but nobody's
    with pytest.raises((errors.VoucherUnknown, errors.VoucherCodeMistyped)):
        capture(redemption)


def test_only_the_offers_partner_captures(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    other = partner_opened(SIRETS[1])
    with pytest.raises(errors.VoucherOtherPartner):
        capture(redemption, partner_id=other.id)
    with pytest.raises(errors.PartnerUnknown):
        capture(redemption, partner_id=uuid.uuid4())
    capture(redemption)
    # A stranger is not told when and where it was used either.
    with pytest.raises(errors.VoucherOtherPartner):
        capture(redemption, partner_id=other.id)


def test_a_voucher_that_ended_is_refused_in_its_own_words(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offer_opened(partner, voucher_days=1)
    cancelled = taken(funded(100), offer)
    cancel(cancelled)
    with pytest.raises(errors.VoucherCancelled):
        capture(cancelled)
    late = taken(funded(100), offer)
    later = late.expires_at + dt.timedelta(seconds=1)
    # Before the worker has seen it, and after.
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    with pytest.raises(errors.VoucherExpired):
        capture(late)
    assert holds_lapse_due(now=later, limit=10) == 1
    with pytest.raises(errors.VoucherExpired):
        capture(late)


def test_a_capture_outside_any_agreement_is_refused(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    monkeypatch.setattr(
        "wallet_service.offers.services.capturing.in_force_until", lambda **asked: None
    )
    with pytest.raises(errors.AgreementNotInForce):
        capture(redemption)


def test_a_suspended_partner_captures_nothing(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    partner_change(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        actor=ACTOR,
        state=PartnerState.SUSPENDED,
    )
    with pytest.raises(errors.PartnerSuspended):
        capture(redemption)


def test_an_own_voucher_goes_to_review_and_is_captured(partner: Partner) -> None:
    redemption = taken(funded(100), offer_opened(partner))
    assert capture(redemption, own_voucher=True).body["state"] == "captured"
    case = ReviewCase.objects.get()
    assert (case.pattern, case.wallet_id, case.subject) == (
        "own_voucher",
        redemption.wallet_id,
        redemption.id,
    )


def test_many_captures_of_one_wallet_at_one_partner_go_to_review_once(
    partner: Partner, settings: Any
) -> None:
    settings.PARTNER_CONCENTRATION_CAPTURES = 3
    wallet_id = funded(1000)
    offer = offer_opened(partner)
    elsewhere = offer_opened(partner_opened(SIRETS[1]))
    capture(taken(wallet_id, elsewhere))
    captured = [taken(wallet_id, offer) for _ in range(7)]
    for number, redemption in enumerate(captured, start=1):
        capture(redemption)
        assert ReviewCase.objects.count() == number // 3
    assert set(ReviewCase.objects.values_list("pattern", flat=True)) == {"partner_concentration"}
    assert set(ReviewCase.objects.values_list("subject", flat=True)) == {
        captured[2].id,
        captured[5].id,
    }


def test_lapsing_returns_points_and_stock(partner: Partner) -> None:
    wallet_id = funded(100)
    offer = offer_opened(partner, stock=3)
    due, kept = taken(wallet_id, offer), taken(wallet_id, offer)
    used = taken(funded(100), offer)
    capture(used)
    later = due.expires_at + dt.timedelta(minutes=1)
    assert holds_lapse_due(now=timezone.now(), limit=10) == 0
    assert holds_lapse_due(now=later, limit=1) == 1
    assert holds_lapse_due(now=later, limit=10) == 1
    assert holds_lapse_due(now=later, limit=10) == 0
    states = dict(Redemption.objects.values_list("id", "state"))
    assert (states[due.id], states[kept.id], states[used.id]) == ("expired", "expired", "captured")
    left = balances(wallet_id)
    assert (left.available_points, left.held_points, stock_taken(offer)) == (100, 0, 1)


def test_one_voucher_that_cannot_lapse_does_not_keep_the_others(
    partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = offer_opened(partner)
    stuck, free = taken(funded(100), offer), taken(funded(100), offer)

    def release(*, hold_entry_id: uuid.UUID) -> uuid.UUID:
        if hold_entry_id == stuck.hold_entry_id:
            raise errors.RedemptionNotHeld
        return hold_release(hold_entry_id=hold_entry_id)

    monkeypatch.setattr("wallet_service.offers.services.redeeming.hold_release", release)
    with pytest.raises(errors.RedemptionNotHeld):
        holds_lapse_due(now=stuck.expires_at, limit=10)
    states = dict(Redemption.objects.values_list("id", "state"))
    assert (states[stuck.id], states[free.id]) == ("held", "expired")
    assert utc(stuck.expires_at).endswith("Z")
