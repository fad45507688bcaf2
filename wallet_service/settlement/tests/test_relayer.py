"""From an intent to a confirmed line, and what the relayer refuses to do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from chain.client import ChainClient
from chain.codec import encode_call
from chain.signer import KeySigner, ServiceRole, UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode, mined
from wallet_service.ledger.errors import IssuingStopped
from wallet_service.ledger.models import SettlementIntent
from wallet_service.settlement.deployment import deployment_store
from wallet_service.settlement.domain import DriftKind, Problem, RelayerState, TransactionState
from wallet_service.settlement.errors import RelayerBlocked
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import (
    Batch,
    ChainTransaction,
    Deployment,
    ReconciliationDrift,
    RelayerHeartbeat,
    SettlementLine,
)
from wallet_service.settlement.selectors import (
    settled_points,
    settlement_for_entries,
)

from .conftest import Driver
from .ledgering import balance, new_partner, new_wallet, reward, spend


def test_a_posted_reward_stands_on_the_chain_with_its_proof(
    driver: Driver, deployment: Deployment, client: ChainClient
) -> None:
    wallet = new_wallet()
    entry = reward(wallet, points=10)
    assert settlement_for_entries([entry]) == {}

    driver.settle()

    settlement = settlement_for_entries([entry])[entry]
    (receipt,) = client.receipts([settlement.transaction_hash])
    assert receipt is not None
    assert (settlement.number, settlement.position, settlement.points) == (0, 0, 10)
    assert settlement.block_number == receipt.block_number
    assert settlement.contract_address == deployment.contract_address
    assert settled_points(wallet) == balance(client, deployment, wallet) == 10


def test_numbers_are_dense_and_batches_hold_two_hundred_lines(driver: Driver) -> None:
    wallet = new_wallet()
    for _ in range(203):
        reward(wallet, points=1)

    driver.settle()

    batches = list(Batch.objects.order_by("first_number"))
    assert [(batch.first_number, batch.line_count) for batch in batches] == [(0, 200), (200, 3)]
    numbers = SettlementLine.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(203))
    sequences = ChainTransaction.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(sequences) == [1, 2, 3, 4, 5, 6]
    assert settled_points(wallet) == 203


def test_mints_come_before_the_moves_and_burns_that_need_them(
    driver: Driver, deployment: Deployment, client: ChainClient
) -> None:
    giver, partner = new_wallet(), new_partner()
    reward(giver, points=10)
    spend(giver, points=6, to=partner)
    spend(partner, points=5)
    reward(giver, points=3)

    driver.settle()

    order = ChainTransaction.objects.filter(kind="batch").order_by("block_number", "sequence")
    assert [stored.batch.operation for stored in order] == ["mint", "move", "burn"]
    assert balance(client, deployment, giver) == settled_points(giver) == 7
    assert balance(client, deployment, partner) == settled_points(partner) == 1


def test_a_batch_of_another_sender_waits_until_the_earlier_are_mined(
    driver: Driver, node: TestNode
) -> None:
    giver = new_wallet()
    driver.settle()  # the contract
    reward(giver, points=10)
    spend(giver, points=4)

    with node.blocks_on_demand() as mine:
        for _ in range(3):
            driver.relayer.step()
        states = dict(_batch_states())
        assert states == {"mint": TransactionState.SENT, "burn": TransactionState.SIGNED}
        mine()
        for _ in range(3):
            driver.relayer.step()
        assert dict(_batch_states())["burn"] == TransactionState.SENT

    driver.settle()
    assert settled_points(giver) == 6


def test_settling_again_changes_nothing(
    driver: Driver, deployment: Deployment, client: ChainClient
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    before = list(ChainTransaction.objects.order_by("sequence").values())

    driver.restart()
    driver.relayer.step()

    assert list(ChainTransaction.objects.order_by("sequence").values()) == before
    assert balance(client, deployment, wallet) == 10


def test_the_runtime_role_has_the_rights_that_settling_needs(
    driver: Driver, as_runtime: Callable[[], AbstractContextManager[None]]
) -> None:
    wallet = new_wallet()
    reward(wallet)

    with as_runtime():
        driver.settle()

    assert settled_points(wallet) == 10


def test_a_line_that_the_contract_refuses_stops_the_relayer(driver: Driver) -> None:
    wallet = new_wallet()
    reward(wallet)
    SettlementIntent.objects.update(batched=True)  # as if: the chain holds nothing of this wallet
    entry = spend(wallet, points=5)

    driver.settle()
    driver.relayer.step()

    assert ChainTransaction.objects.get(kind="batch").lines_refused == 1
    assert settlement_for_entries([entry]) == {}
    assert settled_points(wallet) == 0  # as its settled entries say: none
    assert _heartbeat() == (RelayerState.BLOCKED, Problem.LINES_REFUSED)
    with pytest.raises(IssuingStopped):
        reward(wallet)
    # The comparison goes on while the relayer stands, and names the entry.
    named = ReconciliationDrift.objects.get(kind=DriftKind.REFUSED_ON_CHAIN)
    assert (named.entry_id, named.wallet_id, named.points) == (entry, wallet.id, 5)
    spend(wallet, points=1)
    driver.relayer.step()
    assert Batch.objects.count() == 1  # nothing more is signed


def test_a_paused_contract_is_not_sent_to_and_goes_on_afterwards(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: dict[ServiceRole, KeySigner],
) -> None:
    driver.settle()
    # By another hand than the relayer's, with a key of its own nonce.
    admin = keys[ServiceRole.ADMIN]
    _send(client, admin, deployment.contract_address, encode_call("pause()"))
    wallet = new_wallet()
    reward(wallet)

    for _ in range(2):
        driver.relayer.step()

    assert _heartbeat() == (RelayerState.BLOCKED, Problem.CONTRACT_PAUSED)
    assert ChainTransaction.objects.get(kind="batch").state == TransactionState.SIGNED
    _send(client, admin, deployment.contract_address, encode_call("unpause()"))
    driver.settle()
    assert settled_points(wallet) == 10


def test_a_nonce_used_by_something_else_stops_the_relayer(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: dict[ServiceRole, KeySigner],
) -> None:
    driver.settle()
    _send(client, keys[ServiceRole.ISSUER], deployment.contract_address, b"")
    reward(new_wallet())

    for _ in range(3):
        driver.relayer.step()

    assert _heartbeat() == (RelayerState.BLOCKED, Problem.CHAIN_AHEAD)
    signed = ChainTransaction.objects.count()
    reward(new_wallet())
    for _ in range(3):
        driver.relayer.step()
    assert ChainTransaction.objects.count() == signed  # it would only add to what can't land


def test_a_wrong_key_blocks_at_every_step(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    driver.settle()
    reward(new_wallet())

    def differs(deployment: Deployment) -> Keyring:
        raise RelayerBlocked(Problem.KEY_DIFFERS)

    driver.restart()
    monkeypatch.setattr(driver.relayer, "_open_keyring", differs)
    for _ in range(3):
        driver.relayer.step()
        assert _heartbeat() == (RelayerState.BLOCKED, Problem.KEY_DIFFERS)


def test_the_wrong_chain_is_not_settled_on(
    client: ChainClient, keyring: Keyring, committed_db: None, keys: dict[ServiceRole, KeySigner]
) -> None:
    deployment_store(
        chain_id=CHAIN_ID + 1,
        admin=keys[ServiceRole.ADMIN],
        issuer=keys[ServiceRole.ISSUER].address,
        redeemer=keys[ServiceRole.REDEEMER].address,
    )

    Driver(client, keyring).relayer.step()

    assert _heartbeat() == (RelayerState.BLOCKED, Problem.CHAIN_ID)
    assert client.nonce(keys[ServiceRole.ADMIN].address) == 0


def _heartbeat() -> tuple[str, str]:
    heartbeat = RelayerHeartbeat.objects.get()
    return heartbeat.state, heartbeat.problem


def _batch_states() -> list[tuple[str, str]]:
    return list(Batch.objects.values_list("operation", "transaction__state"))


def _send(client: ChainClient, signer: KeySigner, to: str, data: bytes) -> None:
    nonce = client.nonce(signer.address)
    signed = signer.sign(
        UnsignedTransaction(chain_id=CHAIN_ID, nonce=nonce, gas=200_000, to=to, data=data)
    )
    client.send_raw(signed.raw)
    assert mined(client, signed.hash).gas_used > 0


def test_what_comes_quickly_gathers_into_a_fuller_batch(
    driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver.settle()
    wallet = new_wallet()
    reward(wallet)
    driver.settle()  # at once: nothing was formed shortly before
    monkeypatch.setattr("wallet_service.settlement.relayer._FILL_S", 60.0)
    waits: list[float] = []
    reward(wallet)

    def more_comes(seconds: float) -> None:
        waits.append(seconds)
        if Batch.objects.count() == 1:
            reward(wallet)

    monkeypatch.setattr(driver.stop, "wait", more_comes)
    driver.relayer.step()

    assert list(Batch.objects.order_by("id").values_list("line_count", flat=True)) == [1, 2]
    assert 0 < waits[0] <= 60
    monkeypatch.setattr("wallet_service.settlement.waiting.MAX_LINES", 2)
    waits.clear()
    for _ in range(2):
        reward(wallet)
    driver.relayer.step()
    assert Batch.objects.count() == 3
    assert waits == []  # a full batch waits for nothing
