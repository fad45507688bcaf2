"""Crashes of relayer and node between any two steps: nothing lost, nothing twice."""

from __future__ import annotations

import uuid

import pytest

from chain.client import ChainClient
from chain.signer import KeySigner, ServiceRole
from chain.testing import TestNode
from wallet_service.ledger.models import SettlementIntent
from wallet_service.settlement import forming, settling
from wallet_service.settlement.domain import Problem, RelayerState, TransactionState
from wallet_service.settlement.forming import batches_form
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import (
    Batch,
    ChainTransaction,
    Deployment,
    RelayerHeartbeat,
    SettlementLine,
)
from wallet_service.settlement.rewinding import chain_rewound
from wallet_service.settlement.selectors import settled_points, settlement_for_entries

from .conftest import Driver
from .ledgering import balance, new_partner, new_wallet, reward, spend, tampering


class Crash(BaseException):
    """The process ends here; no handler of ours may catch it."""


def test_a_crash_after_storing_and_before_sending(
    driver: Driver, deployment: Deployment, keyring: Keyring, client: ChainClient
) -> None:
    wallet = new_wallet()
    reward(wallet)
    assert batches_form(deployment=deployment, keyring=keyring) == 1
    assert client.block_number() == 0

    driver.restart()
    driver.settle()

    assert Batch.objects.count() == 1
    assert settled_points(wallet) == balance(client, deployment, wallet) == 10


def test_a_crash_while_forming_leaves_everything_waiting(
    driver: Driver,
    deployment: Deployment,
    keyring: Keyring,
    monkeypatch: pytest.MonkeyPatch,
    client: ChainClient,
) -> None:
    driver.settle()
    wallet = new_wallet()
    reward(wallet)
    with monkeypatch.context() as patch:
        patch.setattr(forming, "_lines_store", _crash)
        with pytest.raises(Crash):
            batches_form(deployment=deployment, keyring=keyring)
    assert Batch.objects.count() == 0

    driver.settle()

    numbers = SettlementLine.objects.values_list("number", flat=True)
    nonces = ChainTransaction.objects.filter(kind="batch").values_list("nonce", flat=True)
    assert (list(numbers), list(nonces)) == ([0], [0])
    assert balance(client, deployment, wallet) == 10


def test_a_crash_after_sending_and_before_noting_it(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driver.settle()
    wallet = new_wallet()
    reward(wallet)
    send = ChainClient.send_raw

    def send_then_crash(self: ChainClient, raw: bytes) -> None:
        send(self, raw)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(ChainClient, "send_raw", send_then_crash)
        with pytest.raises(Crash):
            driver.relayer.step()
    assert ChainTransaction.objects.get(kind="batch").state == TransactionState.SIGNED

    driver.restart()
    driver.settle()

    assert settled_points(wallet) == balance(client, deployment, wallet) == 10


def test_a_crash_after_the_receipt_and_before_noting_it(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wallet = new_wallet()
    reward(wallet)
    with monkeypatch.context() as patch:
        patch.setattr(settling, "_confirm", _crash)
        with pytest.raises(Crash):
            driver.settle()

    driver.restart()
    driver.settle()

    assert settled_points(wallet) == balance(client, deployment, wallet) == 10


def test_an_emptied_node_is_rebuilt_at_the_same_address_with_the_same_balances(
    driver: Driver, deployment: Deployment, node: TestNode, client: ChainClient
) -> None:
    giver, partner = new_wallet(), new_partner()
    entries = [reward(giver, points=points) for points in (10, 20, 30)]
    driver.settle()
    spend(giver, points=25, to=partner)
    spend(partner, points=5)
    driver.settle()
    hashes = _hashes()
    settled = settlement_for_entries(entries)

    node.kill()
    node.start()
    assert client.block_number() == 0
    late = reward(giver, points=1)  # the ledger goes on meanwhile
    driver.settle()

    assert client.code(deployment.contract_address) != b""
    assert balance(client, deployment, giver) == settled_points(giver) == 36
    assert balance(client, deployment, partner) == settled_points(partner) == 20
    assert client.total_supply(deployment.contract_address) == 56
    assert _hashes()[: len(hashes)] == hashes  # the same bytes, never signed again
    again = settlement_for_entries(entries)
    for entry in entries:
        assert again[entry].transaction_hash == settled[entry].transaction_hash
        assert again[entry].settled_at == settled[entry].settled_at  # a proof keeps its date
    assert late in settlement_for_entries([late])


def test_a_chain_that_stands_is_not_rewound(driver: Driver, client: ChainClient) -> None:
    reward(new_wallet())
    driver.settle()

    assert chain_rewound(client=client) == 0


def test_only_what_the_chain_lost_is_sent_again(
    driver: Driver, deployment: Deployment, node: TestNode, client: ChainClient
) -> None:
    first, second = new_wallet(), new_wallet()
    reward(first)
    driver.settle()
    snapshot = node.snapshot()
    reward(second)
    driver.settle()

    node.revert(snapshot)
    assert balance(client, deployment, second) == 0
    driver.settle_once_rewound()

    rewinds = list(ChainTransaction.objects.order_by("sequence").values_list("rewinds", flat=True))
    assert rewinds == [0, 0, 0, 0, 0, 1]
    assert balance(client, deployment, first) == balance(client, deployment, second) == 10


def test_while_the_node_is_away_the_ledger_serves_and_intents_wait(
    driver: Driver, deployment: Deployment, node: TestNode, client: ChainClient
) -> None:
    driver.settle()
    node.kill()
    wallet = new_wallet()
    entry = reward(wallet)

    driver.relayer.step()

    heartbeat = RelayerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.problem) == (RelayerState.NODE_UNAVAILABLE, Problem.NONE)
    assert settlement_for_entries([entry]) == {}
    assert settled_points(wallet) == 0
    node.start()
    driver.settle()
    assert balance(client, deployment, wallet) == 10


def test_a_long_absence_of_the_node_fills_batches_instead_of_queueing_transactions(
    driver: Driver, node: TestNode
) -> None:
    driver.settle()
    before = ChainTransaction.objects.count()
    node.kill()
    wallet = new_wallet()
    for _ in range(settling.WINDOW + 20):
        reward(wallet, points=1)
        driver.relayer_without_waiting()

    waiting = ChainTransaction.objects.count() - before
    assert waiting == settling.WINDOW
    node.start()
    driver.settle()
    assert ChainTransaction.objects.count() - before == settling.WINDOW + 1
    assert settled_points(wallet) == settling.WINDOW + 20


def test_a_ledger_restored_over_a_kept_node_is_noticed_before_anything_is_signed(
    driver: Driver, keys: dict[ServiceRole, KeySigner], client: ChainClient
) -> None:
    reward(new_wallet())
    driver.settle()
    copied = ChainTransaction.objects.count()
    late = reward(new_wallet())
    driver.settle()
    _restore(copied, late)

    driver.restart()
    for _ in range(3):
        driver.relayer.step()

    heartbeat = RelayerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.problem) == (RelayerState.BLOCKED, Problem.CHAIN_AHEAD)
    assert ChainTransaction.objects.count() == copied
    assert client.nonce(keys[ServiceRole.ISSUER].address) == 2


def test_a_restored_ledger_is_noticed_even_with_nothing_to_settle(driver: Driver) -> None:
    driver.settle()
    copied = ChainTransaction.objects.count()
    late = reward(new_wallet())
    driver.settle()
    _restore(copied, late)
    SettlementIntent.objects.update(batched=True)

    driver.restart()
    driver.relayer.step()

    assert RelayerHeartbeat.objects.get().problem == Problem.CHAIN_AHEAD


def test_a_relayer_that_starts_without_a_node_signs_nothing_before_it_has_seen_one(
    driver: Driver, node: TestNode, deployment: Deployment, client: ChainClient
) -> None:
    driver.settle()
    node.kill()
    wallet = new_wallet()
    reward(wallet)
    driver.restart()

    driver.relayer.step()

    assert not Batch.objects.exists()
    node.start()
    driver.settle()
    assert balance(client, deployment, wallet) == 10


def _restore(sequence: int, entry: uuid.UUID) -> None:
    """The tables as a copy holds them that was made after ``sequence`` and before ``entry`` was
    put into a batch."""
    tables = [
        model._meta.db_table
        for model in (SettlementLine, Batch, ChainTransaction, SettlementIntent)
    ]
    with tampering(*tables):
        SettlementLine.objects.filter(batch__transaction__sequence__gt=sequence).delete()
        Batch.objects.filter(transaction__sequence__gt=sequence).delete()
        ChainTransaction.objects.filter(sequence__gt=sequence).delete()
        SettlementIntent.objects.filter(entry_id=entry).update(batched=False)


def _crash(*args: object, **kwargs: object) -> None:
    raise Crash


def _hashes() -> list[str]:
    return list(ChainTransaction.objects.order_by("sequence").values_list("hash", flat=True))
