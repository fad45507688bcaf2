"""Points held for a voucher: taken oldest first, captured or released once, and given back."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from wallet_service.ledger.domain import PointsOutOfRange
from wallet_service.ledger.errors import (
    AlreadyRefunded,
    EntryUnknown,
    HoldEnded,
    HolderConflict,
    InsufficientPoints,
    PartnerAccountUnknown,
    WalletUnknown,
)
from wallet_service.ledger.models import JournalEntry, Lot, LotMovement, Wallet
from wallet_service.ledger.selectors import (
    balances_of,
    earned_points,
    lots_of,
    statement_page,
    sum_of_all_balances,
    totals,
    wallet_get,
)
from wallet_service.ledger.services import (
    capture_refund,
    hold_capture,
    hold_release,
    partner_account_open,
    points_hold,
    statement_burn,
    wallet_open,
)

from .given import asked, available, dated, granted, kinds, left, lots_match, new_partner

MONTH = timedelta(days=31)


def _hold(wallet: Wallet, points: int) -> uuid.UUID:
    return points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())


def test_a_hold_takes_the_oldest_lots_first(wallet: Wallet) -> None:
    for points in (5, 10, 20):
        granted(wallet, points)
    now = timezone.now()
    dated(wallet, now + 9 * MONTH, now + 3 * MONTH, now + 6 * MONTH)
    hold = _hold(wallet, 12)
    assert left(wallet) == [5, 0, 18]
    assert [movement.points for movement in LotMovement.objects.filter(entry_id=hold)] == [-10, -2]
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.held_points) == (23, 12)
    assert asked(hold) is None  # off chain: still the citizen's
    assert lots_match(wallet)


def test_lots_of_the_same_date_go_in_the_order_they_came(wallet: Wallet) -> None:
    for points in (5, 10):
        granted(wallet, points)
    _hold(wallet, 6)
    assert left(wallet) == [0, 9]
    (expiring,) = lots_of(wallet=wallet)
    assert (expiring.points, expiring.expires_at) == (9, Lot.objects.earliest("id").expires_at)


def test_no_more_is_held_than_there_is(wallet: Wallet) -> None:
    granted(wallet, 5)
    with pytest.raises(InsufficientPoints):
        _hold(wallet, 6)
    assert _hold(wallet, 5)  # the transaction is usable, and all of it can be had


@pytest.mark.parametrize("points", [0, -1])
def test_nothing_can_not_be_held(wallet: Wallet, points: int) -> None:
    with pytest.raises(PointsOutOfRange):
        _hold(wallet, points)


def test_nobody_elses_points_are_held(wallet: Wallet) -> None:
    for unknown in (uuid.uuid4(), new_partner()):
        with pytest.raises(WalletUnknown):
            points_hold(wallet_id=unknown, points=1, subject=uuid.uuid4())


def test_a_capture_moves_the_points_to_the_partner(wallet: Wallet) -> None:
    granted(wallet, 10)
    hold, partner = _hold(wallet, 6), new_partner()
    capture = hold_capture(hold_entry_id=hold, partner_id=partner)
    address = partner_account_open(partner_id=partner).address
    assert asked(capture) == ("move", 6, wallet.address, address)
    assert earned_points(partner_id=partner) == 6
    assert balances_of(wallet=wallet).held_points == 0
    entries = JournalEntry.objects.in_bulk([hold, capture])
    assert entries[capture].corrects_id == hold
    assert entries[capture].subject == entries[hold].subject
    assert sum_of_all_balances() == 0


def test_a_hold_ends_once(wallet: Wallet) -> None:
    granted(wallet, 20)
    partner = new_partner()
    captured, released = _hold(wallet, 5), _hold(wallet, 5)
    hold_capture(hold_entry_id=captured, partner_id=partner)
    hold_release(hold_entry_id=released)
    _hold(wallet, 10)  # held points enough for a second end
    for hold in (captured, released):
        with pytest.raises(HoldEnded):
            hold_capture(hold_entry_id=hold, partner_id=partner)
        with pytest.raises(HoldEnded):
            hold_release(hold_entry_id=hold)
    assert earned_points(partner_id=partner) == 5


def test_only_a_hold_is_captured_or_released(wallet: Wallet) -> None:
    for entry in (granted(wallet, 5), uuid.uuid4()):
        with pytest.raises(EntryUnknown):
            hold_capture(hold_entry_id=entry, partner_id=new_partner())
        with pytest.raises(EntryUnknown):
            hold_release(hold_entry_id=entry)


def test_only_a_partner_captures(wallet: Wallet) -> None:
    granted(wallet, 5)
    hold = _hold(wallet, 5)
    with pytest.raises(PartnerAccountUnknown):
        hold_capture(hold_entry_id=hold, partner_id=wallet.id)


def test_released_points_go_back_into_their_lots(wallet: Wallet) -> None:
    for points in (5, 10):
        granted(wallet, points)
    released = hold_release(hold_entry_id=_hold(wallet, 12))
    assert left(wallet) == [5, 10]
    assert available(wallet) == 15
    assert asked(released) is None


def test_a_refund_gives_the_points_back_once(wallet: Wallet) -> None:
    granted(wallet, 10)
    partner = new_partner()
    capture = hold_capture(hold_entry_id=_hold(wallet, 6), partner_id=partner)
    refund = capture_refund(capture_entry_id=capture)
    address = partner_account_open(partner_id=partner).address
    assert asked(refund) == ("move", 6, address, wallet.address)
    assert earned_points(partner_id=partner) == 0
    assert left(wallet) == [4, 6]
    with pytest.raises(AlreadyRefunded):
        capture_refund(capture_entry_id=capture)
    with pytest.raises(EntryUnknown):
        capture_refund(capture_entry_id=refund)


def test_a_closed_period_is_burned_and_not_refunded(wallet: Wallet) -> None:
    granted(wallet, 10)
    partner = new_partner()
    capture = hold_capture(hold_entry_id=_hold(wallet, 6), partner_id=partner)
    with pytest.raises(InsufficientPoints), transaction.atomic():
        statement_burn(partner_id=partner, points=7, subject=uuid.uuid4())
    burned = statement_burn(partner_id=partner, points=6, subject=uuid.uuid4())
    address = partner_account_open(partner_id=partner).address
    assert asked(burned) == ("burn", 6, address, None)
    assert totals().reimbursed_points == 6
    with pytest.raises(InsufficientPoints), transaction.atomic():
        capture_refund(capture_entry_id=capture)
    with pytest.raises(PartnerAccountUnknown):
        statement_burn(partner_id=wallet.id, points=1, subject=uuid.uuid4())


def test_an_id_belongs_to_one_kind_of_holder(wallet: Wallet) -> None:
    partner = new_partner()
    with pytest.raises(HolderConflict):
        wallet_open(wallet_id=partner)
    with pytest.raises(HolderConflict):
        partner_account_open(partner_id=wallet.id)
    with pytest.raises(WalletUnknown):
        wallet_get(wallet_id=partner)
    with pytest.raises(PartnerAccountUnknown):
        earned_points(partner_id=wallet.id)


def test_the_statement_shows_every_step_of_a_voucher(wallet: Wallet) -> None:
    granted(wallet, 10)
    hold_release(hold_entry_id=_hold(wallet, 3))
    capture = hold_capture(hold_entry_id=_hold(wallet, 4), partner_id=new_partner())
    capture_refund(capture_entry_id=capture)
    lines = statement_page(wallet=wallet, before=None, limit=20)
    assert [(line.kind, line.points, line.available_after) for line in reversed(lines)] == [
        ("reward_granted", 10, 10),
        ("redemption_held", -3, 7),
        ("redemption_released", 3, 10),
        ("redemption_held", -4, 6),
        ("redemption_captured", -4, 6),
        ("redemption_refunded", 4, 10),
    ]
    assert kinds(wallet) == [line.kind for line in reversed(lines)]
