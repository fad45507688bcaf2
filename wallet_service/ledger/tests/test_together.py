"""Many at once against PostgreSQL: nobody overdraws, nothing ends twice, nobody waits for ever."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from wallet_service.ledger import domain
from wallet_service.ledger.errors import (
    AlreadyRefunded,
    AlreadyReversed,
    HoldEnded,
    InsufficientPoints,
)
from wallet_service.ledger.models import Account, Lot, LotMovement, SettlementIntent, Wallet
from wallet_service.ledger.selectors import balances_of, earned_points, sum_of_all_balances
from wallet_service.ledger.services import (
    EntryRequest,
    capture_refund,
    correction_debit,
    entries_post,
    entry_post,
    expiry_notices_due,
    hold_capture,
    hold_release,
    points_expire_due,
    points_hold,
    points_take_back,
    wallet_open,
)

from .given import (
    announced,
    available,
    dated,
    granted,
    left,
    lots_match,
    new_partner,
    time_passes,
)

Together = Callable[..., list[Any]]


@transaction.atomic
def _hold(wallet: Wallet, points: int) -> uuid.UUID:
    return points_hold(wallet_id=wallet.id, points=points, subject=uuid.uuid4())


def _outcomes(outcomes: list[Any]) -> Counter[type]:
    return Counter(type(outcome) for outcome in outcomes)


def _books_agree(wallet: Wallet) -> bool:
    """Lots, accounts and intents of the wallet say the same."""
    balances = balances_of(wallet=wallet)
    meant = sum(
        intent.points if intent.to_address == wallet.address else -intent.points
        for intent in SettlementIntent.objects.all()
        if wallet.address in (intent.to_address, intent.from_address)
    )
    on_chain = balances.available_points + balances.held_points
    return lots_match(wallet) and meant == on_chain and sum_of_all_balances() == 0


def test_concurrent_spenders_can_not_overdraw(committed_wallet: Wallet, together: Together) -> None:
    for points in (3, 3, 4):
        granted(committed_wallet, points)
    outcomes = together(*[lambda: _hold(committed_wallet, 3)] * 8)
    assert _outcomes(outcomes) == {uuid.UUID: 3, InsufficientPoints: 5}
    assert available(committed_wallet) == 1
    assert left(committed_wallet) == [0, 0, 1]  # the oldest first, whoever came first
    assert _books_agree(committed_wallet)


def test_spenders_and_takers_of_every_kind_leave_nothing_below_zero(
    committed_wallet: Wallet, together: Together
) -> None:
    granted(committed_wallet, 10)
    reward = granted(committed_wallet, 10)
    calls: list[Callable[[], Any]] = [
        *[lambda: _hold(committed_wallet, 7)] * 3,
        transaction.atomic(lambda: correction_debit(wallet_id=committed_wallet.id, points=6)),
        transaction.atomic(
            lambda: points_take_back(wallet_id=committed_wallet.id, points=10, corrects=reward)
        ),
        lambda: granted(committed_wallet, 2),
    ]
    outcomes = together(*calls)
    assert not [each for each in outcomes[4:] if isinstance(each, Exception)]
    balances = balances_of(wallet=committed_wallet)
    held = 7 * _outcomes(outcomes[:3])[uuid.UUID]
    assert balances.held_points == held
    # A correction that comes last may find too little: then it takes nothing.
    corrected = 0 if isinstance(outcomes[3], InsufficientPoints) else 6
    # Whatever the order: what came in went out, is there, or is owed.
    assert 22 - held - 10 - corrected == balances.available_points - balances.recoverable_points
    # Nobody owes points while having some.
    assert 0 in (balances.available_points, balances.recoverable_points)
    assert _books_agree(committed_wallet)


def test_a_debt_and_a_credit_at_the_same_moment_always_meet(
    committed_wallet: Wallet, together: Together
) -> None:
    for _ in range(5):
        together(
            transaction.atomic(lambda: correction_debit(wallet_id=committed_wallet.id, points=3)),
            lambda: granted(committed_wallet, 3),
        )
        balances = balances_of(wallet=committed_wallet)
        assert (balances.available_points, balances.recoverable_points) == (0, 0)
    assert _books_agree(committed_wallet)


def test_of_capture_and_lapse_one_wins(committed_wallet: Wallet, together: Together) -> None:
    granted(committed_wallet, 20)
    partner = new_partner()
    for _ in range(5):
        hold = _hold(committed_wallet, 4)
        outcomes = together(
            transaction.atomic(lambda hold=hold: hold_release(hold_entry_id=hold)),
            transaction.atomic(
                lambda hold=hold: hold_capture(hold_entry_id=hold, partner_id=partner)
            ),
            transaction.atomic(
                lambda hold=hold: hold_capture(hold_entry_id=hold, partner_id=partner)
            ),
        )
        assert _outcomes(outcomes) == {uuid.UUID: 1, HoldEnded: 2}
    balances = balances_of(wallet=committed_wallet)
    assert balances.held_points == 0
    assert balances.available_points + earned_points(partner_id=partner) == 20
    assert _books_agree(committed_wallet)


def test_a_capture_is_refunded_and_a_reward_reversed_once(
    committed_wallet: Wallet, together: Together
) -> None:
    reward = granted(committed_wallet, 10)
    partner = new_partner()
    with transaction.atomic():
        capture = hold_capture(hold_entry_id=_hold(committed_wallet, 4), partner_id=partner)
    outcomes = together(*[transaction.atomic(lambda: capture_refund(capture_entry_id=capture))] * 3)
    assert _outcomes(outcomes) == {uuid.UUID: 1, AlreadyRefunded: 2}
    back = transaction.atomic(
        lambda: points_take_back(wallet_id=committed_wallet.id, points=10, corrects=reward)
    )
    assert _outcomes(together(*[back] * 3))[AlreadyReversed] == 2
    assert available(committed_wallet) == 0
    assert _books_agree(committed_wallet)


def test_points_expire_or_are_spent_but_not_both(
    committed_wallet: Wallet, together: Together
) -> None:
    for _ in range(4):
        granted(committed_wallet, 5)
    now = timezone.now()
    dated(committed_wallet, *[now] * 4)
    announced()
    time_passes(timedelta(days=31))
    outcomes = together(
        *[lambda: points_expire_due(now=timezone.now(), limit=100)] * 2,
        *[lambda: _hold(committed_wallet, 5)] * 2,
    )
    held = 5 * _outcomes(outcomes[2:])[uuid.UUID]
    balances = balances_of(wallet=committed_wallet)
    assert (balances.available_points, balances.held_points) == (0, held)
    taken = LotMovement.objects.filter(points__lt=0).values_list("points", flat=True)
    assert sum(taken) == -20
    assert _books_agree(committed_wallet)


def test_an_announcement_made_by_two_at_once_is_one(
    committed_wallet: Wallet, together: Together
) -> None:
    granted(committed_wallet, 5)
    end = Lot.objects.get().expires_at
    outcomes = together(*[lambda: expiry_notices_due(now=end, limit=10)] * 4)
    assert {tuple(outcome) for outcome in outcomes} == {tuple(outcomes[0])}
    assert len(outcomes[0]) == 1


def test_many_wallets_in_many_statements_never_wait_in_a_circle(
    committed_wallet: Wallet, together: Together
) -> None:
    wallets = [committed_wallet, *[wallet_open(wallet_id=uuid.uuid4())[0] for _ in range(7)]]
    for wallet in wallets:
        correction_debit(wallet_id=wallet.id, points=5)  # so that credits are two entries

    def bulk(order: list[Wallet]) -> Callable[[], None]:
        def run() -> None:
            for _ in range(5):
                with transaction.atomic():
                    entries_post(
                        postings=[
                            EntryRequest(
                                operation=make(points=2),
                                wallet_id=wallet.id,
                            )
                            for wallet in order
                            for make in (domain.reward_granted, domain.reward_pending)
                        ]
                    )

        return run

    def single(wallet: Wallet) -> Callable[[], None]:
        def run() -> None:
            for _ in range(10):
                granted(wallet, 1)
                entry_post(operation=domain.reward_pending(points=1), wallet_id=wallet.id)
                _hold(wallet, 1) if available(wallet) else None

        return run

    outcomes = together(
        bulk(wallets), bulk(wallets[::-1]), bulk(wallets[3:] + wallets[:3]), *map(single, wallets)
    )
    assert [each for each in outcomes if each and not isinstance(each, InsufficientPoints)] == []
    assert all(_books_agree(wallet) for wallet in wallets)
    assert not Account.objects.filter(wallet__isnull=False, balance_points__lt=0).exists()
