"""Ledger against chain: agreement, every kind of drift, replay into a second node, readiness."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from chain.client import ChainClient
from chain.codec import Line, Operation, encode_batch
from chain.signer import KeySigner, ServiceRole, UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode, mined, running_node
from wallet_service.ledger.domain import reward_pending
from wallet_service.ledger.models import Account, SettlementIntent
from wallet_service.ledger.services import entry_post
from wallet_service.settlement.domain import Problem, RelayerState
from wallet_service.settlement.errors import NotReady, SettlementError
from wallet_service.settlement.forming import batches_form
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import (
    ChainTransaction,
    Deployment,
    ReconciliationRun,
    RelayerHeartbeat,
)
from wallet_service.settlement.readiness import CHECKS, SILENCE
from wallet_service.settlement.reconciliation import chain_reconcile

from .conftest import Driver
from .ledgering import balance, new_wallet, reward, spend, tampering


def test_ledger_and_chain_agree_whatever_is_still_on_its_way(
    driver: Driver, deployment: Deployment, keyring: Keyring, client: ChainClient, node: TestNode
) -> None:
    first, second, empty = new_wallet(), new_wallet(), new_wallet()
    reward(first)
    driver.settle()
    reward(second)
    batches_form(deployment=deployment, keyring=keyring)  # signed, not sent
    reward(first)  # not even that
    assert chain_reconcile(client=client, store=True).agrees

    # Mined, while no relayer has seen it yet.
    signed = ChainTransaction.objects.order_by("sequence").last()
    assert signed is not None
    client.send_raw(bytes(signed.raw))
    assert mined(client, signed.hash).succeeded
    result = chain_reconcile(client=client, store=True)

    assert result.agrees
    assert result.wallets == 3
    assert balance(client, deployment, second) == 10
    assert balance(client, deployment, empty) == 0


def test_points_minted_behind_the_ledgers_back_are_named(
    driver: Driver,
    node: TestNode,
    deployment: Deployment,
    client: ChainClient,
    keys: dict[ServiceRole, KeySigner],
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    _mint(client, deployment, keys[ServiceRole.ISSUER], wallet.address)

    result = chain_reconcile(client=client, store=True)

    (drift,) = result.drifts
    assert (drift.address, drift.settled_points, drift.chain_points) == (wallet.address, 10, 17)
    assert not result.supply_matches
    with pytest.raises(NotReady):
        CHECKS["settlement"]()
    with pytest.raises(CommandError, match="1 of 1 wallets differ"):
        _command("reconcile", node_url=client.rpc_url)


def test_points_on_an_account_that_is_no_wallet_show_in_the_supply(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: dict[ServiceRole, KeySigner],
) -> None:
    driver.settle()
    _mint(client, deployment, keys[ServiceRole.ISSUER], "0x" + uuid.uuid4().hex + "00000000")

    result = chain_reconcile(client=client, store=True)

    assert result.drifts == ()
    assert not result.supply_matches


def test_a_ledger_that_differs_from_its_own_intents_is_named(
    driver: Driver, deployment: Deployment, client: ChainClient
) -> None:
    wallet = new_wallet()
    reward(wallet)
    spend(wallet, points=4)
    driver.settle()
    assert chain_reconcile(client=client, store=True).agrees
    with tampering("ledger_account"):
        Account.objects.filter(wallet=wallet, kind="wallet_available").update(balance_points=10)

    (drift,) = chain_reconcile(client=client, store=True).drifts

    assert (drift.ledger_points, drift.intended_points) == (10, 6)
    assert not ReconciliationRun.objects.order_by("id")[1].books_match
    assert drift.settled_points == drift.chain_points == 6


@pytest.mark.parametrize("settled", [False, True])
def test_points_meant_for_an_address_that_is_no_wallet_show_in_the_sums(
    driver: Driver, client: ChainClient, settled: bool
) -> None:
    driver.settle()
    pending = entry_post(operation=reward_pending(points=10), wallet_id=new_wallet().id)
    with tampering("ledger_settlementintent"):
        SettlementIntent.objects.create(
            entry_id=pending, operation="mint", to_address="0x" + "ab" * 20, points=10
        )
    if settled:
        driver.settle()

    result = chain_reconcile(client=client, store=True)

    assert (result.drifts, result.supply_matches, result.books_match) == ((), True, False)


def test_a_ledger_that_does_not_sum_to_zero_is_noticed(
    driver: Driver, client: ChainClient, node: TestNode
) -> None:
    driver.settle()
    with tampering("ledger_account"):
        Account.objects.filter(kind="issuance", shard=3).update(balance_points=1)

    result = chain_reconcile(client=client, store=True)

    assert (result.drifts, result.supply_matches, result.books_match) == ((), True, False)
    with pytest.raises(NotReady, match="drift"):
        CHECKS["settlement"]()
    with pytest.raises(CommandError, match="0 of 0 wallets differ"):
        _command("reconcile", node_url=client.rpc_url)


def test_nothing_deployed_is_an_error(committed_db: None, client: ChainClient) -> None:
    with pytest.raises(SettlementError, match="deploy_contract"):
        chain_reconcile(client=client, store=True)


def test_the_journal_replays_into_a_second_node(
    driver: Driver, deployment: Deployment, client: ChainClient
) -> None:
    wallets = [new_wallet() for _ in range(3)]
    for index in range(205):
        reward(wallets[index % 3], points=1 + index % 5)
    driver.settle()

    with running_node() as second, second.client() as other:
        out = _command("rebuild", "--rpc-url", second.rpc_url)

        assert "3 wallets agree" in out
        supply = client.total_supply(deployment.contract_address)
        assert other.total_supply(deployment.contract_address) == supply > 0
        for wallet in wallets:
            expected = balance(client, deployment, wallet)
            assert balance(other, deployment, wallet) == expected
        # Interrupted and run again: what is there is only checked.
        assert "3 wallets agree" in _command("rebuild", "--rpc-url", second.rpc_url)
        assert not ReconciliationRun.objects.exists()  # it says nothing of the first node


def test_what_a_second_node_says_is_neither_stored_nor_read_from_the_first_ones_blocks(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: dict[ServiceRole, KeySigner]
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    chain_reconcile(client=client, store=True)

    with running_node() as second, second.client() as other:
        for _ in range(ChainTransaction.objects.count() + 1):
            second.mine()  # its blocks have other numbers than those we have seen
        assert "1 wallets agree" in _command("rebuild", "--rpc-url", second.rpc_url)
        for _ in range(2):
            reward(wallet)
            driver.settle()
        late = chain_reconcile(client=other, store=False, receipts_only=True)
        assert late.agrees  # the first node went on; the second stands where it stood
        _mint(other, deployment, keys[ServiceRole.ISSUER], wallet.address)
        drifted = chain_reconcile(client=other, store=False, receipts_only=True)
        assert len(drifted.drifts) == 1

    assert ReconciliationRun.objects.get().drifts == 0
    CHECKS["settlement"]()


def test_the_verdict_on_the_node_itself_is_stored(driver: Driver, node: TestNode) -> None:
    reward(new_wallet())
    driver.settle()
    node.kill()
    node.start()

    assert "1 wallets agree" in _command("rebuild", node_url=node.rpc_url)

    assert ReconciliationRun.objects.get().drifts == 0


def test_readiness_follows_contract_and_relayer(driver: Driver, node: TestNode) -> None:
    for name in ("contract", "relayer"):
        with pytest.raises(NotReady):
            CHECKS[name]()

    driver.settle()
    driver.relayer.step()
    for check in CHECKS.values():
        check()

    # A node that is away is the relayer's concern: the ledger serves.
    node.kill()
    driver.relayer.step()
    assert RelayerHeartbeat.objects.get().state == RelayerState.NODE_UNAVAILABLE
    for check in CHECKS.values():
        check()

    RelayerHeartbeat.objects.update(beaten_at=timezone.now() - SILENCE - dt.timedelta(seconds=1))
    with pytest.raises(NotReady):
        CHECKS["relayer"]()


@pytest.mark.parametrize(
    ("problem", "ready"),
    [(Problem.CHAIN_AHEAD, False), (Problem.LINES_REFUSED, False), (Problem.CONTRACT_PAUSED, True)],
)
def test_a_blocked_relayer_shows_unless_it_is_meant(
    committed_db: None, problem: Problem, ready: bool
) -> None:
    RelayerHeartbeat.objects.create(
        beaten_at=timezone.now(), state=RelayerState.BLOCKED, problem=problem
    )

    if ready:
        CHECKS["settlement"]()
    else:
        with pytest.raises(NotReady, match=problem.value):
            CHECKS["settlement"]()


def test_an_agreement_lifts_an_earlier_alarm(driver: Driver, client: ChainClient) -> None:
    driver.settle()
    ReconciliationRun.objects.create(block_number=1, wallets=1, drifts=1, supply_matches=True)
    with pytest.raises(NotReady):
        CHECKS["settlement"]()

    assert chain_reconcile(client=client, store=True).agrees

    CHECKS["settlement"]()


def _mint(client: ChainClient, deployment: Deployment, signer: KeySigner, account: str) -> None:
    """Seven points under a number the relayer never gave."""
    data = encode_batch(Operation.MINT, first=1_000_000, lines=[Line(account, 7)])
    signed = signer.sign(
        UnsignedTransaction(
            chain_id=CHAIN_ID,
            nonce=client.nonce(signer.address),
            gas=500_000,
            to=deployment.contract_address,
            data=data,
        )
    )
    client.send_raw(signed.raw)
    assert mined(client, signed.hash).succeeded


def _command(name: str, *arguments: str, node_url: str | None = None) -> str:
    out = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        if node_url:
            patch.setenv("CHAIN_RPC_URL", node_url)
        call_command(name, *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()
