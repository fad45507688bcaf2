"""Reversals and corrections: at most what is available now, the rest as soon as there is more."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from wallet_service.ledger import domain
from wallet_service.ledger.errors import AlreadyReversed, IssuingStopped, WalletUnknown
from wallet_service.ledger.models import JournalEntry, Wallet
from wallet_service.ledger.selectors import (
    balances_of,
    circulation_points,
    statement_page,
    sum_of_all_balances,
    totals,
)
from wallet_service.ledger.services import (
    EntryRequest,
    correction_credit,
    correction_debit,
    entries_post,
    entry_post,
    hold_capture,
    hold_release,
    issuing_is_stopped,
    issuing_resume,
    issuing_stop,
    issuing_stop_reason,
    points_hold,
    points_take_back,
    wallet_open,
)

from .given import asked, available, granted, kinds, left, lots_match, new_partner


def _spent(wallet: Wallet, points: int) -> None:
    hold = points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())
    hold_capture(hold_entry_id=hold, partner_id=new_partner())


def test_a_reversal_burns_what_is_there(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    back = points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    assert (back.taken, back.recoverable) == (10, 0)
    assert asked(back.entry_id) == ("burn", 10, wallet.address, None)
    assert JournalEntry.objects.get(id=back.entry_id).corrects_id == reward
    assert (available(wallet), left(wallet)) == (0, [0])


def test_a_reversal_leaves_owed_what_was_spent(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    _spent(wallet, 7)
    back = points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    assert (back.taken, back.recoverable) == (3, 7)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (0, 7)
    assert totals().recoverable_points == 7
    assert sum_of_all_balances() == 0


def test_a_reversal_with_nothing_left_stays_off_chain(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    _spent(wallet, 10)
    back = points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    assert (back.taken, back.recoverable) == (0, 10)
    assert asked(back.entry_id) is None
    line = statement_page(wallet=wallet, before=None, limit=1)[0]
    assert (line.kind, line.points, line.available_after) == ("reward_reversed", 0, 0)


def test_a_reward_is_reversed_once(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    with pytest.raises(AlreadyReversed), transaction.atomic():
        points_take_back(wallet_id=wallet.id, points=10, corrects=reward)


def test_what_is_owed_is_recovered_from_every_later_credit(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    _spent(wallet, 10)
    points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    granted(wallet, 4)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (0, 6)
    correction_credit(wallet_id=wallet.id, points=9)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (3, 0)
    assert kinds(wallet)[-4:] == [
        "reward_granted",
        "points_recovered",
        "correction_credited",
        "points_recovered",
    ]
    assert left(wallet) == [0, 0, 3]
    assert totals().circulating_points == 10 + 3  # the partner's and the citizen's
    assert sum_of_all_balances() == 0


def test_what_is_owed_is_recovered_from_released_points_too(wallet: Wallet) -> None:
    reward = granted(wallet, 10)
    hold = points_hold(wallet_id=wallet.id, points=8, subject=uuid.uuid4())
    points_take_back(wallet_id=wallet.id, points=10, corrects=reward)
    hold_release(hold_entry_id=hold)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (0, 0)
    assert lots_match(wallet)


def test_pending_points_recover_nothing_until_they_are_posted(wallet: Wallet) -> None:
    correction_debit(wallet_id=wallet.id, points=5)
    entry_post(operation=domain.reward_pending(points=8), wallet_id=wallet.id)
    assert balances_of(wallet=wallet).recoverable_points == 5
    entry_post(operation=domain.reward_posted(points=8), wallet_id=wallet.id)
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.recoverable_points) == (3, 0)


def test_a_correction_takes_and_gives(wallet: Wallet) -> None:
    granted(wallet, 10)
    subject = uuid.uuid4()
    back = correction_debit(wallet_id=wallet.id, points=4, subject=subject)
    assert JournalEntry.objects.get(id=back.entry_id).subject == subject
    given = correction_credit(wallet_id=wallet.id, points=2)
    assert asked(given) == ("mint", 2, None, wallet.address)
    assert left(wallet) == [6, 2]


def test_an_unknown_wallet_is_not_corrected(wallet: Wallet) -> None:
    for unknown in (uuid.uuid4(), new_partner()):
        with pytest.raises(WalletUnknown):
            correction_debit(wallet_id=unknown, points=1)
        with pytest.raises(WalletUnknown), transaction.atomic():
            correction_credit(wallet_id=unknown, points=1)


def test_many_entries_in_one_statement_are_each_what_they_would_be_alone(wallet: Wallet) -> None:
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    correction_debit(wallet_id=other.id, points=5)
    entries_post(
        postings=[
            *[
                EntryRequest(operation=domain.reward_granted(points=points), wallet_id=wallet.id)
                for points in (1, 2, 3)
            ],
            EntryRequest(operation=domain.reward_pending(points=4), wallet_id=wallet.id),
            EntryRequest(operation=domain.reward_granted(points=9), wallet_id=other.id),
        ]
    )
    balances = balances_of(wallet=wallet)
    assert (balances.available_points, balances.pending_points) == (6, 4)
    assert left(wallet) == [1, 2, 3]
    assert available(other) == 4  # 5 were owed
    assert circulation_points() == 6 + 4 + 4
    assert sum_of_all_balances() == 0
    lines = statement_page(wallet=wallet, before=None, limit=4)
    assert [line.available_after for line in lines] == [6, 6, 3, 1]


def test_many_entries_are_written_all_or_none(wallet: Wallet) -> None:
    postings = [
        EntryRequest(operation=domain.reward_granted(points=1), wallet_id=wallet_id)
        for wallet_id in (wallet.id, uuid.uuid4())
    ]
    with pytest.raises(WalletUnknown), transaction.atomic():
        entries_post(postings=postings)
    assert not JournalEntry.objects.exists()
    entries_post(postings=[])


def test_what_takes_points_chooses_lots_and_is_not_posted_plainly(wallet: Wallet) -> None:
    granted(wallet, 5)
    with pytest.raises(ValueError, match="takes from lots"):
        entry_post(operation=domain.points_expired(points=5), wallet_id=wallet.id)


def test_nothing_is_minted_while_issuing_is_stopped(wallet: Wallet) -> None:
    granted(wallet, 10)
    issuing_stop(reason="drift")
    issuing_stop(reason="again")  # changes nothing
    assert (issuing_is_stopped(), issuing_stop_reason()) == (True, "drift")
    for operation in (domain.reward_granted, domain.correction_credited):
        with pytest.raises(IssuingStopped), transaction.atomic():
            entry_post(operation=operation(points=1), wallet_id=wallet.id)
    entry_post(operation=domain.reward_pending(points=3), wallet_id=wallet.id)
    with pytest.raises(IssuingStopped), transaction.atomic():
        entry_post(operation=domain.reward_posted(points=3), wallet_id=wallet.id)
    _spent(wallet, 4)  # what people have is theirs to spend
    correction_debit(wallet_id=wallet.id, points=1)
    issuing_resume()
    issuing_resume()
    assert (issuing_is_stopped(), issuing_stop_reason()) == (False, None)
    entry_post(operation=domain.reward_posted(points=3), wallet_id=wallet.id)
    assert available(wallet) == 8
