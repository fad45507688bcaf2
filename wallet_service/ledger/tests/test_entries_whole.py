"""The database takes an entry whole or not at all: balanced, one of the legal operations, in
agreement with what settles it and with its lots, and nothing is added to it later.

Everything here goes round the services, with the rights of the runtime role.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction

from wallet_service.ledger import domain
from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.models import Account, JournalEntry, Lot, Posting, Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.ledger.services import (
    entry_post,
    partner_account_open,
    points_hold,
    wallet_open,
)

from .by_hand import Intent, Movement, NewLot, account_of, execute, write

Role = Callable[[], AbstractContextManager[None]]

AVAILABLE, HELD = AccountKind.WALLET_AVAILABLE, AccountKind.WALLET_HELD
PENDING, OWED = AccountKind.WALLET_PENDING, AccountKind.WALLET_RECOVERABLE
ISSUANCE, WAITING = AccountKind.ISSUANCE, AccountKind.ISSUANCE_PENDING


@pytest.fixture(autouse=True)
def as_runtime_role(as_runtime: Role, wallet: Wallet) -> Iterator[None]:
    with as_runtime():
        yield


@pytest.fixture
def rich(wallet: Wallet) -> Wallet:
    """A wallet with one lot of 10 spendable points."""
    entry_post(operation=domain.reward_granted(points=10), wallet_id=wallet.id)
    return wallet


@pytest.fixture
def other(wallet: Wallet) -> Wallet:
    found = wallet_open(wallet_id=uuid.uuid4())[0]
    entry_post(operation=domain.reward_granted(points=10), wallet_id=found.id)
    return found


@pytest.fixture
def partner(wallet: Wallet) -> Wallet:
    return partner_account_open(partner_id=uuid.uuid4())


def _grant(wallet: Wallet, points: int = 5) -> list[tuple[Account, int]]:
    return [(account_of(AVAILABLE, wallet), points), (account_of(ISSUANCE), -points)]


def _lot(wallet: Wallet) -> int:
    return Lot.objects.get(wallet=wallet).pk


def _refused(match: str) -> AbstractContextManager[object]:
    return pytest.raises(IntegrityError, match=match)


def test_a_grant_by_hand_is_taken_when_all_of_it_agrees(wallet: Wallet) -> None:
    minted = [Intent("mint", 5, taker=wallet.address)]
    write("reward_granted", wallet, _grant(wallet), intents=minted, lots=[NewLot(wallet, 5)])
    assert balances_of(wallet=wallet).available_points == 5
    assert sum_of_all_balances() == 0


# --- balanced, and one of the operations ---


def test_one_posting_is_no_entry(wallet: Wallet) -> None:
    with _refused("entry_balanced"):
        write("reward_pending", wallet, [(account_of(PENDING, wallet), 5)])
    assert sum_of_all_balances() == 0


def test_postings_that_do_not_cancel_out_are_no_entry(wallet: Wallet) -> None:
    with _refused("entry_balanced"):
        write(
            "reward_pending", wallet, [(account_of(PENDING, wallet), 5), (account_of(WAITING), -4)]
        )
    assert sum_of_all_balances() == 0


def test_an_entry_without_postings_is_refused(wallet: Wallet) -> None:
    with _refused("has no postings"):
        write("reward_pending", wallet, [])


@pytest.mark.parametrize("kind", ["reward_voided", "reward_granted", "gift", "Reward_pending"])
def test_an_entry_of_another_kind_than_its_postings_is_refused(wallet: Wallet, kind: str) -> None:
    sides = [(account_of(PENDING, wallet), 5), (account_of(WAITING), -5)]
    with _refused("entry_shape"):
        write(kind, wallet, sides)


def test_an_entry_can_not_go_the_other_way_round(wallet: Wallet) -> None:
    entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
    with _refused("entry_shape"):
        write(
            "reward_pending", wallet, [(account_of(PENDING, wallet), -5), (account_of(WAITING), 5)]
        )


def test_points_do_not_go_from_citizen_to_citizen(rich: Wallet, other: Wallet) -> None:
    sides = [(account_of(AVAILABLE, rich), -5), (account_of(AVAILABLE, other), 5)]
    moved = [Intent("move", 5, giver=rich.address, taker=other.address)]
    for kind in ("redemption_captured", "redemption_released", "gift"):
        with _refused("entry_shape"):
            write(
                kind,
                rich,
                sides,
                intents=moved,
                lots=[NewLot(other, 5)],
                movements=[Movement(_lot(rich), -5)],
            )


def test_a_hold_of_one_wallet_is_not_paid_by_another(rich: Wallet, other: Wallet) -> None:
    sides = [(account_of(AVAILABLE, other), -5), (account_of(HELD, rich), 5)]
    with _refused("entry_wallet"):
        write("redemption_held", rich, sides, movements=[Movement(_lot(other), -5)])


@pytest.mark.parametrize("named", ["other", None])
def test_an_entry_names_the_wallet_that_it_moves(
    wallet: Wallet, other: Wallet, named: str | None
) -> None:
    sides = [(account_of(PENDING, wallet), 5), (account_of(WAITING), -5)]
    with _refused("entry_wallet"):
        write("reward_pending", other if named else None, sides)


def test_a_statement_is_closed_for_the_partner_that_it_names(
    wallet: Wallet, partner: Wallet
) -> None:
    entry_post(operation=domain.reward_granted(points=5), wallet_id=wallet.id)
    hold = points_hold(wallet_id=wallet.id, points=5, subject=uuid.uuid4())
    earned = account_of(AccountKind.PARTNER_EARNED, partner)
    write(
        "redemption_captured",
        wallet,
        [(account_of(HELD, wallet), -5), (earned, 5)],
        intents=[Intent("move", 5, giver=wallet.address, taker=partner.address)],
        corrects=hold,
    )
    sides = [(earned, -5), (account_of(AccountKind.SETTLEMENT), 5)]
    burned = [Intent("burn", 5, giver=partner.address)]
    with _refused("entry_wallet"):
        write("statement_closed", wallet, sides, intents=burned)
    write("statement_closed", partner, sides, intents=burned)


# --- what settles it ---


def test_spendable_points_need_a_mint(wallet: Wallet) -> None:
    with _refused("entry_settles"):
        write("reward_granted", wallet, _grant(wallet), lots=[NewLot(wallet, 5)])


@pytest.mark.parametrize("points", [4, 6])
def test_a_mint_of_other_points_is_refused(wallet: Wallet, points: int) -> None:
    minted = [Intent("mint", points, taker=wallet.address)]
    with _refused("entry_settles"):
        write("reward_granted", wallet, _grant(wallet), intents=minted, lots=[NewLot(wallet, 5)])


@pytest.mark.parametrize("is_wallet", [True, False])
def test_a_mint_to_another_address_is_refused(
    wallet: Wallet, other: Wallet, is_wallet: bool
) -> None:
    minted = [Intent("mint", 5, taker=other.address if is_wallet else "0x" + "ab" * 20)]
    with _refused("entry_settles"):
        write("reward_granted", wallet, _grant(wallet), intents=minted, lots=[NewLot(wallet, 5)])


def test_an_entry_that_stays_off_chain_takes_no_intent(wallet: Wallet) -> None:
    sides = [(account_of(PENDING, wallet), 5), (account_of(WAITING), -5)]
    with _refused("only concerns pending"):
        write("reward_pending", wallet, sides, intents=[Intent("mint", 5, taker=wallet.address)])


def test_points_that_are_taken_back_need_a_burn_of_the_same_points(rich: Wallet) -> None:
    sides = [(account_of(AVAILABLE, rich), -4), (account_of(ISSUANCE), 4)]
    taken = [Movement(_lot(rich), -4)]
    wrong: list[list[Intent]] = [
        [],
        [Intent("mint", 4, taker=rich.address)],
        [Intent("burn", 5, giver=rich.address)],
        [Intent("burn", 4, giver="0x" + "ab" * 20)],
    ]
    for intents in wrong:
        with _refused("entry_settles"):
            write("correction_debited", rich, sides, intents=intents, movements=taken)
    burned = [Intent("burn", 4, giver=rich.address)]
    write("correction_debited", rich, sides, intents=burned, movements=taken)


def test_a_capture_moves_what_was_held_to_the_partner(
    rich: Wallet, other: Wallet, partner: Wallet
) -> None:
    hold, _ = (points_hold(wallet_id=rich.id, points=5, subject=uuid.uuid4()) for _ in range(2))
    earned = account_of(AccountKind.PARTNER_EARNED, partner)
    sides = [(account_of(HELD, rich), -5), (earned, 5)]
    wrong: list[list[Intent]] = [
        [],
        [Intent("burn", 5, giver=rich.address)],
        [Intent("move", 4, giver=rich.address, taker=partner.address)],
        [Intent("move", 5, giver=partner.address, taker=rich.address)],
        [Intent("move", 5, giver=rich.address, taker=other.address)],
        [Intent("move", 5, giver=other.address, taker=partner.address)],
    ]
    for intents in wrong:
        with _refused("entry_settles"):
            write("redemption_captured", rich, sides, intents=intents, corrects=hold)
    moved = [Intent("move", 5, giver=rich.address, taker=partner.address)]
    write("redemption_captured", rich, sides, intents=moved, corrects=hold)
    with _refused("entry_hold_ends_once"):
        write("redemption_captured", rich, sides, intents=moved, corrects=hold)


def test_a_capture_names_its_hold(rich: Wallet, partner: Wallet) -> None:
    points_hold(wallet_id=rich.id, points=6, subject=uuid.uuid4())
    earned = account_of(AccountKind.PARTNER_EARNED, partner)
    moved = [Intent("move", 6, giver=rich.address, taker=partner.address)]
    with _refused("entry_names_what_it_ends"):
        sides = [(account_of(HELD, rich), -6), (earned, 6)]
        write("redemption_captured", rich, sides, intents=moved)


# --- its lots ---


@pytest.mark.parametrize("lots", [[], [4], [6]])
def test_spendable_points_open_a_lot_of_the_same_points(wallet: Wallet, lots: list[int]) -> None:
    minted = [Intent("mint", 5, taker=wallet.address)]
    opened = [NewLot(wallet, points) for points in lots]
    with _refused("entry_lots"):
        write("reward_granted", wallet, _grant(wallet), intents=minted, lots=opened)


def test_a_lot_is_its_entrys_wallets(wallet: Wallet, other: Wallet) -> None:
    minted = [Intent("mint", 5, taker=wallet.address)]
    with _refused("entry_lots"):
        write("reward_granted", wallet, _grant(wallet), intents=minted, lots=[NewLot(other, 5)])


@pytest.mark.parametrize("moved", [[], [-5], [-7], [6]])
def test_held_points_are_taken_from_lots(rich: Wallet, moved: list[int]) -> None:
    sides = [(account_of(AVAILABLE, rich), -6), (account_of(HELD, rich), 6)]
    movements = [Movement(_lot(rich), points) for points in moved]
    with _refused("entry_lots|lot_remaining_bounded"):
        write("redemption_held", rich, sides, movements=movements)


def test_points_are_not_taken_from_anothers_lot(rich: Wallet, other: Wallet) -> None:
    sides = [(account_of(AVAILABLE, rich), -6), (account_of(HELD, rich), 6)]
    with _refused("entry_lots"):
        write("redemption_held", rich, sides, movements=[Movement(_lot(other), -6)])


def test_a_debit_does_not_renew_a_lots_date_on_the_way(rich: Wallet) -> None:
    sides = [(account_of(AVAILABLE, rich), -6), (account_of(HELD, rich), 6)]
    swapped = [Movement(_lot(rich), -10)]
    with _refused("entry_lots"):
        write("redemption_held", rich, sides, movements=swapped, lots=[NewLot(rich, 4)])


def test_a_lot_is_neither_overdrawn_nor_overfilled(rich: Wallet) -> None:
    entry_post(operation=domain.reward_granted(points=5), wallet_id=rich.id)
    first = Lot.objects.earliest("id").pk
    sides = [(account_of(AVAILABLE, rich), -11), (account_of(HELD, rich), 11)]
    with _refused("lot_remaining_bounded"):
        write("redemption_held", rich, sides, movements=[Movement(first, -11)])
    hold = points_hold(wallet_id=rich.id, points=12, subject=uuid.uuid4())
    back = [(account_of(AVAILABLE, rich), 12), (account_of(HELD, rich), -12)]
    with _refused("lot_remaining_bounded"):
        moved = [Movement(first, 12)]
        write("redemption_released", rich, back, movements=moved, corrects=hold)


def test_an_off_chain_entry_touches_no_lot(rich: Wallet) -> None:
    sides = [(account_of(PENDING, rich), 5), (account_of(WAITING), -5)]
    with _refused("only concerns pending"):
        write("reward_pending", rich, sides, lots=[NewLot(rich, 5)])
    with _refused("only concerns pending"):
        write("reward_pending", rich, sides, movements=[Movement(_lot(rich), -5)])


# --- nothing later ---


def _late_statements(wallet: Wallet, entry: uuid.UUID) -> list[tuple[str, list[object]]]:
    accounts = [account_of(OWED, wallet).id, account_of(AccountKind.RECOVERABLE_CLAIMS).id]
    return [
        (
            "INSERT INTO ledger_posting (entry_id, account_id, points) "
            "VALUES (%s, %s, 1), (%s, %s, -1)",
            [entry, accounts[0], entry, accounts[1]],
        ),
        (
            "INSERT INTO ledger_settlementintent (entry_id, operation, to_address, points) "
            "VALUES (%s, 'mint', %s, 5)",
            [entry, wallet.address],
        ),
        (
            "INSERT INTO ledger_lot (entry_id, wallet_id, points, remaining_points, expires_at) "
            "VALUES (%s, %s, 5, 5, now())",
            [entry, wallet.id],
        ),
        (
            "INSERT INTO ledger_lotmovement (entry_id, lot_id, points) "
            "SELECT %s, id, -1 FROM ledger_lot WHERE wallet_id = %s LIMIT 1",
            [entry, wallet.id],
        ),
    ]


@pytest.mark.parametrize("part", range(4), ids=["postings", "intent", "lot", "movement"])
def test_a_later_statement_adds_nothing_to_an_entry(rich: Wallet, part: int) -> None:
    entry = entry_post(operation=domain.reward_pending(points=5), wallet_id=rich.id)
    statement, values = _late_statements(rich, entry)[part]
    with _refused("closed"):
        execute(statement, *values)


@pytest.mark.parametrize("part", range(4), ids=["postings", "intent", "lot", "movement"])
def test_nothing_belongs_to_an_entry_that_is_not_there(rich: Wallet, part: int) -> None:
    statement, values = _late_statements(rich, uuid.uuid4())[part]
    with _refused("closed"):
        execute(statement, *values)


def test_a_savepoint_between_does_not_open_an_entry(rich: Wallet) -> None:
    with transaction.atomic():
        entry = entry_post(operation=domain.reward_pending(points=5), wallet_id=rich.id)
    with transaction.atomic():
        statement, values = _late_statements(rich, entry)[0]
        with _refused("closed"):
            execute(statement, *values)


def test_a_posting_comes_not_before_its_entry(wallet: Wallet) -> None:
    entry = uuid.uuid4()
    with _refused("closed"):
        execute(
            "INSERT INTO ledger_posting (entry_id, account_id, points) VALUES (%s, %s, 5)",
            entry,
            account_of(PENDING, wallet).id,
        )
    assert not Posting.objects.filter(entry_id=entry).exists()


def test_one_bad_entry_among_many_refuses_the_statement(rich: Wallet) -> None:
    before = JournalEntry.objects.count()
    pending, waiting = account_of(PENDING, rich).id, account_of(WAITING).id
    good, bad = uuid.uuid4(), uuid.uuid4()
    with _refused(str(bad)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "WITH entry AS (INSERT INTO ledger_journalentry (id, kind, wallet_id) "
            "SELECT id, 'reward_pending', %s FROM unnest(%s::uuid[]) AS id) "
            "INSERT INTO ledger_posting (entry_id, account_id, points) "
            "SELECT * FROM unnest(%s::uuid[], %s::bigint[], %s::bigint[])",
            [
                rich.id,
                [good, bad],
                [good, good, bad, bad],
                [pending, waiting, pending, waiting],
                [5, -5, 5, -4],
            ],
        )
    assert JournalEntry.objects.count() == before
