"""Nobody changes what was written: not the runtime role, and not the owner either."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from wallet_service.ledger import domain
from wallet_service.ledger.models import SettlementIntent, Wallet
from wallet_service.ledger.services import entry_post

Role = Callable[[], AbstractContextManager[None]]
APPEND_ONLY = {
    "ledger_wallet": "created_at = now()",
    "ledger_journalentry": "kind = 'reward_voided'",
    "ledger_posting": "points = points + 1",
    "ledger_idempotencykey": "status = 500",
    "ledger_account": "balance_points = balance_points + 1",
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
    return wallet


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_runtime_role_has_no_right_to_change_rows(
    posted: Wallet, as_runtime: Role, statement: str
) -> None:
    with as_runtime(), pytest.raises(ProgrammingError, match="permission denied"):
        _execute(statement)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_owner_is_stopped_by_the_triggers(posted: Wallet, statement: str) -> None:
    # TRUNCATE is refused while deferred checks wait, which would hide the trigger.
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


def test_an_account_opens_empty(wallet: Wallet) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        _execute(
            "INSERT INTO ledger_account (kind, shard, balance_points) VALUES ('issuance', 99, 5)"
        )


def test_the_runtime_role_can_post(wallet: Wallet, as_runtime: Role) -> None:
    with as_runtime():
        entry_post(operation=domain.reward_pending(points=5), wallet_id=wallet.id)
        _execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert wallet.accounts.get(kind="wallet_pending").balance_points == 5
