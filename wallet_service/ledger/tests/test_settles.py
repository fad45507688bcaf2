"""An entry and what settles it: written together, for the same points and the same wallet."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from wallet_service.ledger import domain
from wallet_service.ledger.domain import AccountKind, EntryKind, Leg, Operation
from wallet_service.ledger.models import Account, JournalEntry, Posting, SettlementIntent, Wallet
from wallet_service.ledger.services import entry_post, wallet_open

Role = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def funded(committed_wallet: Wallet) -> Wallet:
    """A committed wallet with 5 points pending."""
    entry_post(operation=domain.reward_pending(points=5), wallet_id=committed_wallet.id)
    return committed_wallet


@pytest.fixture
def post(as_runtime: Role) -> Callable[..., uuid.UUID]:
    """Post with the runtime role, in one transaction; ``mint`` (address, points) by hand."""

    def run(wallet: Wallet, posted: Operation, mint: tuple[str, int] | None = None) -> uuid.UUID:
        with as_runtime(), transaction.atomic():
            entry = entry_post(operation=replace(posted, settles=None), wallet_id=wallet.id)
            if mint:
                SettlementIntent.objects.create(
                    entry_id=entry, operation="mint", to_address=mint[0], points=mint[1]
                )
        return entry

    return run


def test_a_posted_reward_without_its_mint_cannot_be_committed(
    funded: Wallet, post: Callable[..., uuid.UUID]
) -> None:
    with pytest.raises(IntegrityError, match="nothing that mints it"):
        post(funded, domain.reward_posted(points=5))
    assert JournalEntry.objects.count() == 1


def test_postings_that_cancel_out_do_not_hide_a_missing_mint(
    funded: Wallet, post: Callable[..., uuid.UUID]
) -> None:
    nothing = replace(domain.reward_voided(points=5), kind=EntryKind.REWARD_POSTED)
    with pytest.raises(IntegrityError, match="nothing that mints it"):
        post(funded, nothing)


def test_spendable_points_of_any_kind_of_entry_need_an_intent(
    funded: Wallet, post: Callable[..., uuid.UUID]
) -> None:
    disguised = replace(domain.reward_posted(points=5), kind=EntryKind.REWARD_VOIDED)
    with pytest.raises(IntegrityError, match="other points than its intent"):
        post(funded, disguised)


@pytest.mark.parametrize("points", [4, 6])
def test_a_mint_of_other_points_cannot_be_committed(
    funded: Wallet, post: Callable[..., uuid.UUID], points: int
) -> None:
    with pytest.raises(IntegrityError, match="other points than its intent"):
        post(funded, domain.reward_posted(points=5), mint=(funded.address, points))


@pytest.mark.parametrize("is_wallet", [True, False])
def test_a_mint_to_another_address_cannot_be_committed(
    funded: Wallet, post: Callable[..., uuid.UUID], is_wallet: bool
) -> None:
    other = wallet_open(wallet_id=uuid.uuid4())[0].address if is_wallet else "0x" + "ab" * 20
    with pytest.raises(IntegrityError, match="other points than its intent"):
        post(funded, domain.reward_posted(points=5), mint=(other, 5))


def test_an_entry_that_stays_off_chain_takes_no_intent(
    funded: Wallet, post: Callable[..., uuid.UUID]
) -> None:
    with pytest.raises(IntegrityError, match="other points than its intent"):
        post(funded, domain.reward_voided(points=5), mint=(funded.address, 5))


def test_a_committed_entry_takes_no_intent_later(funded: Wallet, as_runtime: Role) -> None:
    entry = JournalEntry.objects.get()
    with as_runtime(), pytest.raises(IntegrityError, match="is closed"):
        SettlementIntent.objects.create(
            entry=entry, operation="mint", to_address=funded.address, points=5
        )
    assert not SettlementIntent.objects.exists()


def test_an_entry_settles_for_the_wallet_that_shows_it(committed_wallet: Wallet) -> None:
    other = wallet_open(wallet_id=uuid.uuid4())[0]

    @transaction.atomic
    def give() -> None:
        entry = JournalEntry.objects.create(id=uuid.uuid4(), kind="gift", wallet=other)
        _move(entry, {committed_wallet: 5}, issuance=-5)
        SettlementIntent.objects.create(
            entry=entry, operation="mint", to_address=committed_wallet.address, points=5
        )

    with pytest.raises(IntegrityError, match="another wallet than its own"):
        give()


def test_an_early_check_does_not_cover_what_is_written_after_it(funded: Wallet) -> None:
    @transaction.atomic
    def add_after_the_check() -> None:
        entry_id = entry_post(operation=domain.reward_pending(points=1), wallet_id=funded.id)
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
        _execute("SET CONSTRAINTS ALL DEFERRED")
        _move(JournalEntry.objects.get(id=entry_id), {funded: 5}, issuance=-5)

    with pytest.raises(IntegrityError, match="other points than its intent"):
        add_after_the_check()


def test_holding_points_settles_nothing(funded: Wallet, post: Callable[..., uuid.UUID]) -> None:
    entry_post(operation=domain.reward_posted(points=5), wallet_id=funded.id)
    held = Operation(
        kind=EntryKind.REWARD_VOIDED,
        legs=(Leg(AccountKind.WALLET_AVAILABLE, -3), Leg(AccountKind.WALLET_HELD, 3)),
    )
    post(funded, held)
    assert SettlementIntent.objects.count() == 1


@pytest.mark.parametrize(("operation", "taken"), [("burn", 5), ("move", 5), ("move", 4)])
def test_burns_and_moves_settle_what_each_wallet_loses_and_gains(
    funded: Wallet, operation: str, taken: int
) -> None:
    entry_post(operation=domain.reward_posted(points=5), wallet_id=funded.id)
    partner = wallet_open(wallet_id=uuid.uuid4())[0]
    moves = operation == "move"

    def spend() -> None:
        with transaction.atomic():
            entry = JournalEntry.objects.create(id=uuid.uuid4(), kind="spent", wallet=funded)
            _move(entry, {funded: -5} | ({partner: taken} if moves else {}), 5 - taken * moves)
            SettlementIntent.objects.create(
                entry=entry,
                operation=operation,
                from_address=funded.address,
                to_address=partner.address if moves else None,
                points=5,
            )

    if taken == 5:
        spend()
        assert SettlementIntent.objects.filter(operation=operation).count() == 1
    else:
        with pytest.raises(IntegrityError, match="other points than its intent"):
            spend()


def _move(entry: JournalEntry, changes: dict[Wallet, int], issuance: int) -> None:
    """Post on the available accounts of wallets, and the balance on an account of the system."""
    for wallet, points in changes.items():
        account = Account.objects.get(wallet=wallet, kind=AccountKind.WALLET_AVAILABLE)
        Posting.objects.create(entry=entry, account=account, points=points)
    if issuance:
        system = Account.objects.get(kind=AccountKind.ISSUANCE, shard=0)
        Posting.objects.create(entry=entry, account=system, points=issuance)


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
