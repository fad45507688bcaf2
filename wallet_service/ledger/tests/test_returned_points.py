"""Points that come back from a voucher keep their lot's date, however often that happens."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from wallet_service.ledger.lots import ANNOUNCE_BEFORE, NOTICE_PERIOD
from wallet_service.ledger.models import ExpiryNotice, Lot, Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.ledger.services import (
    correction_debit,
    expiry_notices_due,
    hold_capture,
    hold_release,
    points_expire_due,
    points_hold,
    wallet_open,
)

from .given import (
    announced,
    available,
    dated,
    granted,
    kinds,
    left,
    lots_match,
    new_partner,
    time_passes,
)

DAY = timedelta(days=1)
MONTH = timedelta(days=31)
# How long a voucher may last (days) in what is drawn below.
VOUCHER_DAYS = 90


def _hold(wallet: Wallet, points: int) -> uuid.UUID:
    return points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())


def _lot(wallet: Wallet, points: int, *, due_in: timedelta) -> None:
    granted(wallet, points)
    dated(wallet, timezone.now() + due_in)


def test_they_keep_a_date_that_is_near(wallet: Wallet) -> None:
    _lot(wallet, 10, due_in=NOTICE_PERIOD - DAY)
    before = Lot.objects.get().expires_at
    hold_release(hold_entry_id=_hold(wallet, 8))
    assert (left(wallet), Lot.objects.get().expires_at) == ([10], before)


def test_what_is_held_is_announced_with_the_rest_of_its_lot(wallet: Wallet) -> None:
    _lot(wallet, 10, due_in=ANNOUNCE_BEFORE - DAY)
    kept, used, back = _hold(wallet, 3), _hold(wallet, 2), _hold(wallet, 1)
    hold_capture(hold_entry_id=used, partner_id=new_partner())
    hold_release(hold_entry_id=back)
    (notice,) = ExpiryNotice.objects.all()  # made by the release
    assert notice.points == 10 - 2
    assert [due.id for due in expiry_notices_due(now=timezone.now(), limit=10)] == [notice.id]
    hold_release(hold_entry_id=kept)
    assert ExpiryNotice.objects.count() == 1


def test_held_points_are_announced_by_the_clock_too(wallet: Wallet) -> None:
    _lot(wallet, 10, due_in=ANNOUNCE_BEFORE - DAY)
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    granted(other, 7)
    _hold(other, 7)
    _hold(wallet, 4)
    (notice,) = expiry_notices_due(now=timezone.now(), limit=10)
    assert (notice.wallet_id, notice.points) == (wallet.id, 10)


def test_what_was_announced_and_is_over_expires_as_it_comes_back(wallet: Wallet) -> None:
    _lot(wallet, 10, due_in=ANNOUNCE_BEFORE - DAY)
    hold = _hold(wallet, 6)
    announced()
    time_passes(ANNOUNCE_BEFORE)
    hold_release(hold_entry_id=hold)
    assert (available(wallet), left(wallet)) == (0, [0])
    assert kinds(wallet)[-2:] == ["redemption_released", "points_expired"]
    assert lots_match(wallet)


def test_what_was_never_announced_is_announced_once_and_lives_a_notice_period(
    wallet: Wallet,
) -> None:
    _lot(wallet, 10, due_in=ANNOUNCE_BEFORE + DAY)
    hold = _hold(wallet, 10)
    time_passes(3 * MONTH)
    assert announced() == 0  # nothing of it is there
    hold_release(hold_entry_id=hold)
    assert available(wallet) == 10
    hold = _hold(wallet, 10)  # again at once: its announcement is on its way all the same
    assert announced() == 1
    time_passes(NOTICE_PERIOD)
    hold_release(hold_entry_id=hold)
    assert available(wallet) == 0


def test_what_is_owed_is_taken_from_returned_points_before_they_expire(wallet: Wallet) -> None:
    _lot(wallet, 10, due_in=DAY)
    hold = _hold(wallet, 6)
    announced()
    time_passes(NOTICE_PERIOD)
    correction_debit(wallet_id=wallet.id, points=9)
    hold_release(hold_entry_id=hold)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (0, 0)
    assert kinds(wallet)[-3:] == ["redemption_released", "points_recovered", "points_expired"]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("hold"), st.integers(1, 12)),
        st.tuples(st.just("release"), st.integers(0, 3)),
        st.tuples(st.just("wait"), st.integers(1, VOUCHER_DAYS)),
        st.tuples(st.just("run"), st.just(0)),
    ),
    max_size=25,
)


@pytest.mark.django_db(transaction=False)
@settings(deadline=None, max_examples=60)
@drawn(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=3), steps=steps)
def test_redeeming_and_cancelling_again_and_again_gains_no_time(
    sizes: list[int], steps: list[tuple[str, int]]
) -> None:
    """Whatever somebody does, the dates stay, no lot is added, and nothing is left once the last
    voucher has come back after the date and the notice period."""
    with transaction.atomic():
        wallet = wallet_open(wallet_id=uuid.uuid4())[0]
        for points in sizes:
            granted(wallet, points)
        dated(wallet, *[timezone.now() + number * MONTH for number in range(1, len(sizes) + 1)])
        held: list[uuid.UUID] = []
        passed = timedelta()
        dates = list(Lot.objects.order_by("id").values_list("id", "expires_at"))
        for step, value in steps:
            if step == "hold" and value <= available(wallet):
                held.append(_hold(wallet, value))
            elif step == "release" and held:
                hold_release(hold_entry_id=held.pop(value % len(held)))
            elif step == "wait":
                passed += time_passes(value * DAY)
            elif step == "run":
                announced()
                points_expire_due(now=timezone.now(), limit=100)
            now = [(lot, date + passed) for lot, date in _dates()]
            assert now == dates
        # Somebody who does nothing but redeem and cancel: one notice period, and it is over.
        time_passes(len(sizes) * MONTH)
        for hold in held:
            hold_release(hold_entry_id=hold)
        announced()
        if available(wallet):
            last = _hold(wallet, available(wallet))
            time_passes(NOTICE_PERIOD)
            hold_release(hold_entry_id=last)
        assert available(wallet) == 0
        assert lots_match(wallet)
        assert sum_of_all_balances() == 0
        transaction.set_rollback(True)


def _dates() -> list[tuple[int, datetime]]:
    return list(Lot.objects.order_by("id").values_list("id", "expires_at"))
