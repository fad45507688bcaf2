"""An entry that ends, refunds or reverses another one fits it, or the database refuses it.

Everything here goes round the services, with the rights of the runtime role.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError

from wallet_service.ledger import domain
from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.models import JournalEntry, Lot, Wallet
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.ledger.services import (
    correction_credit,
    entry_post,
    hold_capture,
    partner_account_open,
    points_hold,
    wallet_open,
)

from .by_hand import Intent, Movement, NewLot, account_of, write
from .given import granted

Role = Callable[[], AbstractContextManager[None]]
AVAILABLE, HELD = AccountKind.WALLET_AVAILABLE, AccountKind.WALLET_HELD
OWED, CLAIMS = AccountKind.WALLET_RECOVERABLE, AccountKind.RECOVERABLE_CLAIMS
EARNED, ISSUANCE = AccountKind.PARTNER_EARNED, AccountKind.ISSUANCE


@pytest.fixture(autouse=True)
def as_runtime_role(as_runtime: Role, wallet: Wallet) -> Iterator[None]:
    with as_runtime():
        yield


@pytest.fixture
def rich(wallet: Wallet) -> Wallet:
    """A wallet with lots of 10 and 20 points, 15 of which are in two holds."""
    granted(wallet, 10)
    granted(wallet, 20)
    return wallet


@pytest.fixture
def partner(wallet: Wallet) -> Wallet:
    return partner_account_open(partner_id=uuid.uuid4())


def _hold(wallet: Wallet, points: int) -> uuid.UUID:
    return points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())


def _refused(constraint: str) -> AbstractContextManager[object]:
    return pytest.raises(IntegrityError, match=constraint)


def _capture(wallet: Wallet, partner: Wallet, points: int, *, named: uuid.UUID) -> uuid.UUID:
    return write(
        "redemption_captured",
        wallet,
        [(account_of(HELD, wallet), -points), (account_of(EARNED, partner), points)],
        intents=[Intent("move", points, giver=wallet.address, taker=partner.address)],
        corrects=named,
    )


def _release(wallet: Wallet, *back: tuple[int, int], named: uuid.UUID) -> uuid.UUID:
    """``back``: lot (by its place) and points."""
    lots = list(Lot.objects.filter(wallet=wallet).order_by("id").values_list("id", flat=True))
    points = sum(part for _, part in back)
    return write(
        "redemption_released",
        wallet,
        [(account_of(HELD, wallet), -points), (account_of(AVAILABLE, wallet), points)],
        movements=[Movement(lots[place], part) for place, part in back],
        corrects=named,
    )


def _refund(wallet: Wallet, partner: Wallet, points: int, *, named: uuid.UUID) -> uuid.UUID:
    return write(
        "redemption_refunded",
        wallet,
        [(account_of(EARNED, partner), -points), (account_of(AVAILABLE, wallet), points)],
        intents=[Intent("move", points, giver=partner.address, taker=wallet.address)],
        lots=[NewLot(wallet, points)],
        corrects=named,
    )


def _reverse(wallet: Wallet, taken: int, owed: int, *, named: uuid.UUID) -> uuid.UUID:
    sides = [
        (account_of(AVAILABLE, wallet), -taken),
        (account_of(ISSUANCE), taken),
        (account_of(OWED, wallet), owed),
        (account_of(CLAIMS), -owed),
    ]
    lot = Lot.objects.filter(wallet=wallet, remaining_points__gte=taken).earliest("id").pk
    return write(
        "reward_reversed",
        wallet,
        [side for side in sides if side[1]],
        intents=[Intent("burn", taken, giver=wallet.address)] if taken else [],
        movements=[Movement(lot, -taken)] if taken else [],
        corrects=named,
    )


@pytest.mark.parametrize("points", [4, 6])
def test_a_capture_is_of_the_holds_points(rich: Wallet, partner: Wallet, points: int) -> None:
    hold, _ = _hold(rich, 5), _hold(rich, 10)
    with _refused("entry_names_points"):
        _capture(rich, partner, points, named=hold)
    _capture(rich, partner, 5, named=hold)
    assert sum_of_all_balances() == 0


def test_a_capture_and_a_release_name_a_hold(rich: Wallet, partner: Wallet) -> None:
    reward = JournalEntry.objects.filter(kind="reward_granted").earliest("id").id
    hold = _hold(rich, 10)
    ended = hold_capture(hold_entry_id=hold, partner_id=partner.id)
    _hold(rich, 10)
    for named in (reward, ended):
        with _refused("entry_names_kind"):
            _capture(rich, partner, 10, named=named)
        with _refused("entry_names_kind"):
            _release(rich, (0, 10), named=named)


def test_nobody_ends_the_hold_of_another_wallet(rich: Wallet, partner: Wallet) -> None:
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    granted(other, 10)
    hold, _ = _hold(rich, 5), _hold(other, 5)
    with _refused("entry_names_wallet"):
        _capture(other, partner, 5, named=hold)
    with _refused("entry_names_wallet"):
        _release(other, (0, 5), named=hold)


@pytest.mark.parametrize("points", [4, 6])
def test_a_release_is_of_the_holds_points(rich: Wallet, points: int) -> None:
    hold, _ = _hold(rich, 5), _hold(rich, 5)
    with _refused("entry_names_points"):
        _release(rich, (0, points), named=hold)
    _release(rich, (0, 5), named=hold)


def test_released_points_go_back_into_the_lots_that_they_came_from(rich: Wallet) -> None:
    hold, _ = _hold(rich, 12), _hold(rich, 18)
    for wrong in ([(1, 12)], [(0, 9), (1, 3)]):
        with _refused("entry_names_lots"):
            _release(rich, *wrong, named=hold)
    with _refused("entry_names_lots"):  # a lot of its own has a new date
        write(
            "redemption_released",
            rich,
            [(account_of(HELD, rich), -12), (account_of(AVAILABLE, rich), 12)],
            lots=[NewLot(rich, 12)],
            corrects=hold,
        )
    _release(rich, (0, 10), (1, 2), named=hold)


@pytest.mark.parametrize("points", [4, 6])
def test_a_refund_is_of_the_captured_points(rich: Wallet, partner: Wallet, points: int) -> None:
    captures = [hold_capture(hold_entry_id=_hold(rich, 5), partner_id=partner.id) for _ in range(2)]
    with _refused("entry_names_points"):
        _refund(rich, partner, points, named=captures[0])
    _refund(rich, partner, 5, named=captures[0])
    with _refused("entry_refunded_once"):
        _refund(rich, partner, 5, named=captures[0])


def test_a_refund_names_a_capture_of_that_wallet_and_that_partner(
    rich: Wallet, partner: Wallet
) -> None:
    hold = _hold(rich, 5)
    capture = hold_capture(hold_entry_id=hold, partner_id=partner.id)
    stranger = partner_account_open(partner_id=uuid.uuid4())
    hold_capture(hold_entry_id=_hold(rich, 5), partner_id=stranger.id)
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    with _refused("entry_names_kind"):
        _refund(rich, partner, 5, named=hold)
    with _refused("entry_names_wallet"):
        _refund(rich, stranger, 5, named=capture)
    with _refused("entry_names_wallet"):
        _refund(other, partner, 5, named=capture)


@pytest.mark.parametrize(("taken", "owed"), [(11, 0), (6, 5), (0, 11)])
def test_a_reversal_takes_no_more_than_the_reward(rich: Wallet, taken: int, owed: int) -> None:
    reward = JournalEntry.objects.filter(kind="reward_granted").earliest("id").id
    with _refused("entry_names_points"):
        _reverse(rich, taken, owed, named=reward)


@pytest.mark.parametrize(("taken", "owed"), [(10, 0), (6, 4), (0, 10), (3, 0)])
def test_a_reversal_takes_up_to_the_reward_and_only_once(
    rich: Wallet, taken: int, owed: int
) -> None:
    reward = JournalEntry.objects.filter(kind="reward_granted").earliest("id").id
    _reverse(rich, taken, owed, named=reward)
    with _refused("entry_reversed_once"):
        _reverse(rich, 1, 0, named=reward)


def test_a_reversal_names_a_reward_of_that_wallet(rich: Wallet) -> None:
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    anothers = granted(other, 10)
    pending = entry_post(operation=domain.reward_pending(points=10), wallet_id=rich.id)
    given = correction_credit(wallet_id=rich.id, points=10)
    for named in (pending, given, _hold(rich, 10)):
        with _refused("entry_names_kind"):
            _reverse(rich, 5, 0, named=named)
    with _refused("entry_names_wallet"):
        _reverse(rich, 5, 0, named=anothers)


def test_a_posted_reward_is_reversed_by_what_became_spendable(rich: Wallet) -> None:
    entry_post(operation=domain.reward_pending(points=7), wallet_id=rich.id)
    posted = entry_post(operation=domain.reward_posted(points=7), wallet_id=rich.id)
    with _refused("entry_names_points"):
        _reverse(rich, 8, 0, named=posted)
    _reverse(rich, 7, 0, named=posted)


def test_what_ends_nothing_names_nothing(rich: Wallet) -> None:
    reward = JournalEntry.objects.filter(kind="reward_granted").earliest("id").id
    with _refused("entry_names_kind"):
        write(
            "correction_debited",
            rich,
            [(account_of(AVAILABLE, rich), -5), (account_of(ISSUANCE), 5)],
            intents=[Intent("burn", 5, giver=rich.address)],
            movements=[Movement(Lot.objects.filter(wallet=rich).earliest("id").pk, -5)],
            corrects=reward,
        )


def test_an_entry_does_not_name_itself_or_nobody(rich: Wallet, partner: Wallet) -> None:
    _hold(rich, 5)
    with _refused("entry_names_kind"):
        _capture(rich, partner, 5, named=uuid.uuid4())
