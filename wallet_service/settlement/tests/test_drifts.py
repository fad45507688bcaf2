"""A drift is named entry by entry, stops issuing, and lets it go on once it is mended."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import Error, connection, transaction

from chain.client import ChainClient
from chain.codec import Line, Operation, encode_batch
from chain.signer import KeySigner, ServiceRole, UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode, mined
from wallet_service.ledger.errors import IssuingStopped
from wallet_service.ledger.models import Account, JournalEntry, Posting, SettlementIntent
from wallet_service.ledger.services import (
    issuing_is_stopped,
    issuing_stop,
    issuing_stop_reason,
)
from wallet_service.settlement import explaining
from wallet_service.settlement.domain import DriftKind
from wallet_service.settlement.errors import NotReady
from wallet_service.settlement.issuing import issuing_follow
from wallet_service.settlement.models import (
    Batch,
    Deployment,
    ReconciliationDrift,
    ReconciliationRun,
)
from wallet_service.settlement.readiness import CHECKS
from wallet_service.settlement.reconciliation import chain_reconcile
from wallet_service.settlement.status import chain_status, drifts_of

from .conftest import Driver
from .ledgering import new_partner, new_wallet, reward, spend, tampering


def test_a_drift_stops_issuing_and_an_agreement_lets_it_go_on(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: dict[ServiceRole, KeySigner],
    node: TestNode,
    as_runtime: Callable[[], AbstractContextManager[None]],
) -> None:
    wallet, partner = new_wallet(), new_partner()
    reward(wallet, points=10)
    driver.settle()
    snapshot = node.snapshot()
    foreign = _mint(client, deployment, keys[ServiceRole.ISSUER], wallet.address, points=7)
    reward(wallet, points=1)  # committed before anybody knew of the drift
    with as_runtime():
        result = chain_reconcile(client=client, store=True)
        issuing_follow(result)

    assert issuing_stop_reason() == "drift"
    with pytest.raises(IssuingStopped):
        reward(wallet)
    spend(wallet, points=4, to=partner)  # people spend on
    batches = Batch.objects.count()
    driver.stop.set()
    for _ in range(3):
        driver.relayer.step()
    # The mint waits, and with it what might need its points.
    assert Batch.objects.count() == batches
    assert SettlementIntent.objects.filter(batched=False).count() == 2
    with pytest.raises(NotReady, match="drift"):
        CHECKS["settlement"]()
    status = chain_status()
    assert (status.issuing_stopped, status.lag_entries) == (True, 2)
    by_kind = {drift.kind: drift for drift in ReconciliationDrift.objects.all()}
    assert by_kind.keys() == {DriftKind.UNKNOWN_ON_CHAIN, DriftKind.FOREIGN_TRANSACTION}
    for drift in by_kind.values():
        assert (drift.transaction_hash, drift.points) == (foreign, 7)
    assert by_kind[DriftKind.UNKNOWN_ON_CHAIN].wallet_id == wallet.id

    node.revert(snapshot)  # the foreign points are gone
    driver.restart()
    driver.relayer.step()
    assert chain_reconcile(client=client, store=True).agrees
    issuing_follow(chain_reconcile(client=client, store=True))
    assert not issuing_is_stopped()
    driver.settle()
    reward(wallet, points=2)
    driver.settle()
    assert chain_reconcile(client=client, store=True).agrees
    CHECKS["settlement"]()


def test_burns_before_the_first_waiting_mint_go_on_while_issuing_is_stopped(
    driver: Driver,
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    spend(wallet, points=3)
    reward(wallet)
    issuing_stop(reason="by_hand")

    driver.stop.set()
    for _ in range(4):
        driver.relayer.step()

    assert list(Batch.objects.order_by("id").values_list("operation", flat=True)) == [
        "mint",
        "burn",
    ]


def test_a_stop_for_another_reason_is_not_lifted(driver: Driver, client: ChainClient) -> None:
    driver.settle()
    issuing_stop(reason="by_hand")

    issuing_follow(chain_reconcile(client=client, store=True))

    assert issuing_stop_reason() == "by_hand"


def test_the_relayer_itself_stops_and_resumes(driver: Driver) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    with tampering("ledger_account"):
        Account.objects.filter(wallet=wallet, kind="wallet_available").update(balance_points=11)
    driver.stop.set()
    driver.relayer.step()
    assert issuing_is_stopped()

    with tampering("ledger_account"):
        Account.objects.filter(wallet=wallet, kind="wallet_available").update(balance_points=10)
    driver.restart()  # the next comparison is due at once
    driver.relayer.step()

    assert not issuing_is_stopped()


def test_an_entry_that_the_chain_lost_is_named_and_so_is_one_without_intent(
    driver: Driver, deployment: Deployment, client: ChainClient, node: TestNode
) -> None:
    wallet = new_wallet()
    reward(wallet, points=10)
    driver.settle()
    snapshot = node.snapshot()
    lost = reward(wallet, points=5)
    driver.settle()
    node.revert(snapshot)
    node.mine()  # another block stands at the same height

    named = chain_reconcile(client=client, store=True).named

    (missing,) = [one for one in named if one.kind == DriftKind.MISSING_ON_CHAIN]
    assert (missing.entry_id, missing.points) == (lost, -5)
    assert (missing.settled_points, missing.chain_points) == (15, 10)


def test_postings_without_their_intent_are_named(driver: Driver, client: ChainClient) -> None:
    wallet = new_wallet()
    reward(wallet, points=10)
    driver.settle()
    with tampering("ledger_posting", "ledger_journalentry"):
        entry = JournalEntry.objects.create(
            id=uuid.uuid4(), kind="correction_credited", wallet_id=wallet.id
        )
        account = Account.objects.get(wallet=wallet, kind="wallet_available")
        Posting.objects.create(
            entry=entry, account=account, points=3, balance_after=13, account_sequence=2
        )
    with tampering("ledger_account"):
        Account.objects.filter(pk=account.pk).update(balance_points=13, posting_count=2)

    result = chain_reconcile(client=client, store=True)

    (named,) = [one for one in result.named if one.kind == DriftKind.LEDGER_WITHOUT_INTENT]
    assert (named.entry_id, named.points) == (entry.id, 3)
    assert (named.ledger_points, named.intended_points) == (13, 10)


def test_a_balance_that_its_postings_do_not_give_is_named_whatever_the_account(
    driver: Driver, client: ChainClient
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()
    with tampering("ledger_account"):
        Account.objects.filter(wallet=wallet, kind="wallet_pending").update(balance_points=4)

    result = chain_reconcile(client=client, store=True)

    assert result.drifts == ()  # the chain knows nothing of pending points
    assert not result.books_match
    (named,) = result.named
    assert (named.kind, named.wallet_id, named.points) == (
        DriftKind.BALANCE_TAMPERED,
        wallet.id,
        4,
    )


def test_partners_points_are_compared_too(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: dict[ServiceRole, KeySigner]
) -> None:
    wallet, partner = new_wallet(), new_partner()
    reward(wallet, points=10)
    spend(wallet, points=6, to=partner)
    spend(partner, points=2)
    driver.settle()
    assert chain_reconcile(client=client, store=True).agrees
    _mint(client, deployment, keys[ServiceRole.ISSUER], partner.address, points=1)

    (drift,) = chain_reconcile(client=client, store=True).drifts

    assert (drift.wallet_id, drift.ledger_points, drift.chain_points) == (partner.id, 4, 5)


def test_what_was_named_is_read_again_and_can_not_be_changed(
    driver: Driver,
    client: ChainClient,
    deployment: Deployment,
    keys: dict[ServiceRole, KeySigner],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(explaining, "_WALLETS_EXPLAINED", 1)
    for _ in range(3):
        wallet = new_wallet()
        driver.settle()
        _mint(client, deployment, keys[ServiceRole.ISSUER], wallet.address, points=1)
    assert chain_reconcile(client=client, store=True).wallets == 3

    run = ReconciliationRun.objects.get()
    kinds = [drift.kind for drift in drifts_of(run_id=run.pk)]
    # Explaining is bounded; every wallet is named all the same.
    assert kinds.count(DriftKind.UNKNOWN_ON_CHAIN) == 1
    assert kinds.count(DriftKind.UNEXPLAINED) == 2
    assert kinds.count(DriftKind.FOREIGN_TRANSACTION) == 3
    for statement in (
        "UPDATE settlement_reconciliationdrift SET points = 0",
        "DELETE FROM settlement_reconciliationdrift",
    ):
        with (
            pytest.raises(Error, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


_numbers = iter(range(1_000_000, 2_000_000))


def _mint(
    client: ChainClient, deployment: Deployment, signer: KeySigner, account: str, *, points: int
) -> str:
    """Points under a number the relayer never gave; returns the transaction."""
    data = encode_batch(Operation.MINT, first=next(_numbers), lines=[Line(account, points)])
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
    return signed.hash
