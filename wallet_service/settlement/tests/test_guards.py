"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import Error, connection, transaction

from wallet_service.settlement.forming import batches_form
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import ChainTransaction, Deployment

from .ledgering import new_wallet, reward


@pytest.fixture
def signed(deployment: Deployment, keyring: Keyring) -> None:
    reward(new_wallet())
    assert batches_form(deployment=deployment, keyring=keyring) == 1


FROZEN = [
    "UPDATE settlement_deployment SET chain_id = 1",
    "UPDATE settlement_batch SET points = points + 1",
    "UPDATE settlement_settlementline SET points = points + 1",
    "UPDATE settlement_chaintransaction SET raw = ''",
    "UPDATE settlement_chaintransaction SET hash = reverse(hash)",
    "UPDATE settlement_chaintransaction SET nonce = nonce + 100",
    "UPDATE settlement_chaintransaction SET sequence = sequence + 100",
    "DELETE FROM settlement_deployment",
    "DELETE FROM settlement_settlementline",
    "DELETE FROM settlement_chaintransaction",
    "TRUNCATE settlement_settlementline",
]


@pytest.mark.parametrize("statement", FROZEN)
def test_what_was_signed_is_frozen_even_for_the_owner(signed: None, statement: str) -> None:
    with pytest.raises(Error, match="append-only"):
        _execute(statement)


@pytest.mark.parametrize("statement", [*FROZEN, "DELETE FROM settlement_reconciliationrun"])
def test_the_runtime_role_has_no_right_to_it_either(
    signed: None, as_runtime: Callable[[], AbstractContextManager[None]], statement: str
) -> None:
    with as_runtime(), pytest.raises(Error, match="permission denied"):
        _execute(statement)


def test_a_nonce_is_used_once(signed: None) -> None:
    stored = ChainTransaction.objects.get(kind="batch")
    stored.sequence += 1
    stored.hash = "0x" + "00" * 32

    with pytest.raises(Error, match="transaction_nonce_once"):
        stored.save(force_insert=True)


def _execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
