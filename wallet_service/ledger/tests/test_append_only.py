"""Nobody changes what was written: not the runtime role, and not the owner either."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from wallet_service.ledger import domain
from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.models import Account, Lot, SettlementIntent, Wallet
from wallet_service.ledger.services import (
    entry_post,
    expiry_notice_acknowledge,
    expiry_notices_due,
    points_hold,
)

Role = Callable[[], AbstractContextManager[None]]
APPEND_ONLY = {
    "ledger_wallet": "created_at = now()",
    "ledger_journalentry": "kind = 'reward_voided'",
    "ledger_posting": "points = points + 1",
    "ledger_idempotencykey": "status = 500",
    "ledger_account": "balance_points = balance_points + 1",
    "ledger_lot": "remaining_points = remaining_points + 1",
    "ledger_lotmovement": "points = points + 1",
    "ledger_lotnotice": "lot_id = lot_id",
    "ledger_issuingstop": "stopped = false",
    "rewards_rewardrule": "points = 1",
}
STATEMENTS = [
    statement
    for table, change in APPEND_ONLY.items()
    for statement in (
        f"UPDATE {table} SET {change}",  # noqa: S608 - our own names
        f"DELETE FROM {table}",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    )
] + [
    "DELETE FROM ledger_settlementintent",
    "UPDATE ledger_settlementintent SET points = points + 1",
    "DELETE FROM ledger_expirynotice",
    "UPDATE ledger_expirynotice SET points = points + 1",
    "DELETE FROM rewards_reward",
]


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def posted(wallet: Wallet) -> Wallet:
    """A wallet with one posted reward, so that every statement would meet a row."""
    entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
    entry_post(operation=domain.reward_posted(points=5), wallet_id=wallet.id)
    for notice in expiry_notices_due(now=Lot.objects.get().expires_at, limit=1):
        expiry_notice_acknowledge(notice_id=notice.id, outcome=domain.NoticeOutcome.SENT)
    points_hold(wallet_id=wallet.id, points=1, subject=uuid.uuid4())
    return wallet


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_runtime_role_has_no_right_to_change_rows(
    posted: Wallet, as_runtime: Role, statement: str
) -> None:
    with as_runtime(), pytest.raises(ProgrammingError, match="permission denied"):
        _execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_owner_is_stopped_by_the_triggers(posted: Wallet, statement: str) -> None:
    # TRUNCATE is refused while deferred checks of keys wait, which would hide the trigger.
    _execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="append-only"):
        _execute(statement)


def test_an_intent_is_batched_once_and_nothing_else(posted: Wallet, as_runtime: Role) -> None:
    with as_runtime():
        assert SettlementIntent.objects.update(batched=True) == 1
        with pytest.raises(IntegrityError, match="append-only"):
            _execute("UPDATE ledger_settlementintent SET batched = false")
        with pytest.raises(IntegrityError, match="append-only"):
            _execute("UPDATE ledger_settlementintent SET batched = true")


def test_accounts_open_empty_and_lots_full(wallet: Wallet) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        _execute(
            "INSERT INTO ledger_account (kind, shard, balance_points) VALUES ('issuance', 99, 5)"
        )
    with pytest.raises(IntegrityError, match="append-only"):
        Lot.objects.create(
            entry_id=uuid.uuid4(),
            wallet=wallet,
            points=5,
            remaining_points=4,
            expires_at="2040-01-01T00:00Z",
        )


@pytest.mark.parametrize(
    ("kind", "holder"),
    [
        (AccountKind.PARTNER_EARNED, "citizen"),
        (AccountKind.WALLET_AVAILABLE, "partner"),
        (AccountKind.ISSUANCE, "citizen"),
        ("other", "citizen"),
        (AccountKind.WALLET_AVAILABLE, None),
    ],
)
def test_an_account_fits_its_holder(wallet: Wallet, kind: str, holder: str | None) -> None:
    found = None
    if holder:
        found = Wallet.objects.create(id=uuid.uuid4(), address="0x" + "ab" * 20, holder=holder)
    with pytest.raises(IntegrityError, match="for this holder"), transaction.atomic():
        Account.objects.create(kind=kind, wallet=found, shard=None if found else 99)


def test_the_runtime_role_can_post(wallet: Wallet, as_runtime: Role) -> None:
    with as_runtime():
        entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert wallet.accounts.get(kind="wallet_pending").balance_points == 5
