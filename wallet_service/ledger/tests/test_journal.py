"""Entries: balanced at commit, never below zero, complete once committed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from wallet_service.ledger import domain
from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.errors import InsufficientPoints, WalletUnknown
from wallet_service.ledger.models import Account, JournalEntry, Posting, SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of, statement_page, sum_of_all_balances
from wallet_service.ledger.services import entry_post, wallet_open

Together = Callable[..., list[Any]]


def test_opening_a_wallet_twice_gives_the_same_wallet(db: None) -> None:
    wallet_id = uuid.uuid4()
    first, created = wallet_open(wallet_id=wallet_id)
    second, created_again = wallet_open(wallet_id=wallet_id)
    assert (created, created_again) == (True, False)
    assert first.address == second.address
    assert first.accounts.count() == 4


def test_one_wallet_opened_by_many_at_once_is_one_wallet(
    committed_db: None, together: Together
) -> None:
    wallet_id = uuid.uuid4()
    outcomes = together(*[lambda: wallet_open(wallet_id=wallet_id)] * 6)
    assert sorted(created for _, created in outcomes) == [False] * 5 + [True]
    assert len({wallet.address for wallet, _ in outcomes}) == 1
    assert Account.objects.filter(wallet_id=wallet_id).count() == 4


def test_postings_carry_the_balance_and_their_place(wallet: Wallet) -> None:
    for points in (5, 7):
        entry_post(operation=domain.reward_pending(points=points), wallet_id=wallet.id)
    lines = Posting.objects.filter(account__wallet=wallet).order_by("account_sequence")
    assert [(line.points, line.balance_after, line.account_sequence) for line in lines] == [
        (5, 5, 1),
        (7, 12, 2),
    ]
    assert balances_of(wallet=wallet).pending_points == 12
    assert sum_of_all_balances() == 0


def test_a_posted_reward_leaves_one_mint_in_the_outbox(wallet: Wallet) -> None:
    entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
    entry = entry_post(operation=domain.reward_posted(points=5), wallet_id=wallet.id)
    intent = SettlementIntent.objects.get()
    assert (intent.entry_id, intent.operation, intent.points) == (entry, "mint", 5)
    assert (intent.from_address, intent.to_address) == (None, wallet.address)
    assert intent.batched is False


def test_an_unknown_wallet_gets_nothing(db: None) -> None:
    with pytest.raises(WalletUnknown), transaction.atomic():
        entry_post(operation=domain.reward_pending(points=5), wallet_id=uuid.uuid4())
    assert not JournalEntry.objects.exists()
    assert not Posting.objects.exists()


def test_an_account_never_goes_below_zero(wallet: Wallet) -> None:
    entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
    with pytest.raises(InsufficientPoints), transaction.atomic():
        entry_post(operation=domain.reward_voided(points=6), wallet_id=wallet.id)
    assert balances_of(wallet=wallet).pending_points == 5


def test_concurrent_entries_lose_no_update_and_never_deadlock(
    committed_wallet: Wallet, together: Together
) -> None:
    def open_and_post() -> None:
        for _ in range(10):
            entry_post(operation=domain.reward_pending(points=1), wallet_id=committed_wallet.id)
            entry_post(operation=domain.reward_posted(points=1), wallet_id=committed_wallet.id)

    assert together(*[open_and_post] * 6) == [None] * 6
    assert balances_of(wallet=committed_wallet).available_points == 60
    assert sum_of_all_balances() == 0
    account = Account.objects.get(wallet=committed_wallet, kind=AccountKind.WALLET_AVAILABLE)
    history = list(account.postings.order_by("account_sequence"))
    assert [line.account_sequence for line in history] == list(range(1, 61))
    assert [line.balance_after for line in history] == list(range(1, 61))


def test_concurrent_takers_cannot_overdraw(committed_wallet: Wallet, together: Together) -> None:
    entry_post(operation=domain.reward_pending(points=5), wallet_id=committed_wallet.id)

    def take() -> uuid.UUID:
        with transaction.atomic():
            return entry_post(
                operation=domain.reward_voided(points=2), wallet_id=committed_wallet.id
            )

    outcomes = together(*[take] * 5)
    assert sum(isinstance(outcome, uuid.UUID) for outcome in outcomes) == 2
    assert sum(isinstance(outcome, InsufficientPoints) for outcome in outcomes) == 3
    assert balances_of(wallet=committed_wallet).pending_points == 1


def test_the_statement_lists_newest_first_in_pages(wallet: Wallet) -> None:
    for points in (1, 2):
        entry_post(operation=domain.reward_pending(points=points), wallet_id=wallet.id)
        entry_post(operation=domain.reward_posted(points=points), wallet_id=wallet.id)
    entry_post(operation=domain.reward_pending(points=9), wallet_id=wallet.id)
    first = statement_page(wallet=wallet, before=None, limit=2)
    rest = statement_page(wallet=wallet, before=first[-1].entry_id, limit=10)
    assert [(line.kind, line.points, line.available_after) for line in [*first, *rest]] == [
        ("reward_pending", 9, 3),
        ("reward_posted", 2, 3),
        ("reward_pending", 2, 1),
        ("reward_posted", 1, 1),
        ("reward_pending", 1, 0),
    ]
