"""An emptied node comes back from a copy of its state, if the copy can be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from chain.client import ChainClient
from chain.testing import TestNode
from wallet_service.settlement.checkpoints import Checkpoints
from wallet_service.settlement.models import ChainCheckpoint, ChainTransaction, Deployment
from wallet_service.settlement.reconciliation import chain_reconcile
from wallet_service.settlement.selectors import proof_for_entry, settled_points

from .conftest import Driver
from .ledgering import balance, new_wallet, reward, tampering


@pytest.fixture
def checkpoints(tmp_path: Path) -> Checkpoints:
    return Checkpoints(folder=tmp_path / "checkpoints", every=1)


@pytest.fixture
def kept(driver: Driver, client: ChainClient, checkpoints: Checkpoints) -> ChainCheckpoint:
    """A copy of a node with one wallet of ten points, after ledger and chain were seen to agree."""
    driver.checkpoints = checkpoints
    driver.restart()
    reward(new_wallet())
    driver.settle()
    assert chain_reconcile(client=client, store=True).agrees
    assert checkpoints.keep_if_due(client)
    return ChainCheckpoint.objects.get()


def test_what_the_copy_holds_is_not_replayed_and_the_rest_is(
    kept: ChainCheckpoint,
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    node: TestNode,
) -> None:
    late = new_wallet()
    entry = reward(late)
    driver.settle()
    supply = client.total_supply(deployment.contract_address)
    node.kill()
    node.start()

    driver.settle_once_rewound()

    rewinds = list(ChainTransaction.objects.order_by("place").values_list("rewinds", flat=True))
    assert rewinds == [0, 0, 0, 0, 0, 1]
    assert client.total_supply(deployment.contract_address) == supply == 20
    assert balance(client, deployment, late) == settled_points(late) == 10
    assert proof_for_entry(entry) is not None
    assert chain_reconcile(client=client, store=False).agrees


@pytest.mark.parametrize("damage", ["torn", "gone", "other supply", "other balances"])
def test_a_copy_that_is_not_what_the_books_say_is_taken_out_again(
    kept: ChainCheckpoint,
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    node: TestNode,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: str,
) -> None:
    (file,) = (tmp_path / "checkpoints").glob("*.state")
    assert file.stat().st_mode & 0o077 == 0
    match damage:
        case "torn":
            file.write_bytes(file.read_bytes()[:1000])
        case "gone":
            file.unlink()
        case "other supply":
            with tampering("settlement_chaincheckpoint"):
                ChainCheckpoint.objects.update(supply_points=11)
        case "other balances":
            monkeypatch.setattr(
                "wallet_service.settlement.checkpoints.books_of_some",
                lambda place, *, limit: {new_wallet().address: 3},
            )
    node.kill()
    node.start()

    driver.settle_once_rewound()

    assert set(ChainTransaction.objects.values_list("rewinds", flat=True)) == {1}  # all replayed
    assert client.total_supply(deployment.contract_address) == 10
    assert client.block_number() == ChainTransaction.objects.count()


def test_none_is_kept_while_ledger_and_chain_are_not_known_to_agree(
    driver: Driver, client: ChainClient, checkpoints: Checkpoints
) -> None:
    reward(new_wallet())
    driver.settle()

    assert not checkpoints.keep_if_due(client)
    assert not ChainCheckpoint.objects.exists()


def test_the_next_one_waits_until_enough_was_settled(
    kept: ChainCheckpoint, driver: Driver, client: ChainClient, checkpoints: Checkpoints
) -> None:
    assert not checkpoints.keep_if_due(client)
    for _ in range(3):
        reward(new_wallet())
        driver.settle()
        assert checkpoints.keep_if_due(client)
    assert ChainCheckpoint.objects.count() == 4
    # Older files are not kept.
    assert len(list(checkpoints._folder.iterdir())) == 2
