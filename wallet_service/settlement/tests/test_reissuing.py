"""A batch that the chain reverted is issued again under the same numbers, once."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from chain.client import ChainClient
from chain.codec import encode_pause
from chain.signer import KeySigner, ServiceRole, Signer, UnsignedTransaction
from chain.testing import CHAIN_ID, TestNode
from wallet_service.settlement.domain import Problem, RelayerState
from wallet_service.settlement.errors import AdministrationRefused
from wallet_service.settlement.models import (
    Batch,
    ChainTransaction,
    Deployment,
    RelayerHeartbeat,
    SettlementLine,
)
from wallet_service.settlement.reconciliation import chain_reconcile
from wallet_service.settlement.reissuing import reverted_reissue
from wallet_service.settlement.selectors import proof_for_entry, settled_points

from .conftest import Driver
from .ledgering import balance, new_partner, new_wallet, reward, spend

Keys = dict[ServiceRole, KeySigner]


def test_a_batch_reverted_by_a_pause_by_hand_is_issued_again(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: Keys,
    node: TestNode,
    as_runtime: Callable[[], AbstractContextManager[None]],
) -> None:
    driver.settle()
    giver, partner = new_wallet(), new_partner()
    entry = reward(giver, points=10)
    with node.blocks_on_demand() as mine:
        # The move is signed with the mint that it needs, and must not come before it.
        spend(giver, points=4, to=partner)
        # The relayer looks, finds no pause and sends; the pause is mined before its batch.
        pause = _by_hand(client, keys, deployment, paused=True)
        client.send_raw(pause)
        driver.relayer_without_waiting()
        mine()
    for _ in range(3):
        driver.relayer.step()
    heartbeat = RelayerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.problem) == (
        RelayerState.BLOCKED,
        Problem.TRANSACTION_REVERTED,
    )
    assert chain_reconcile(client=client, store=False).agrees  # nothing is settled, nothing differs
    unpause = _by_hand(client, keys, deployment, paused=False)
    client.send_raw(unpause)

    assert Batch.objects.count() == 2
    with as_runtime():
        (again,) = reverted_reissue(client=client, open_signer=_opener(keys))
    with pytest.raises(AdministrationRefused, match="reverted nothing"):
        reverted_reissue(client=client, open_signer=_opener(keys))
    driver.settle()

    first = again.supersedes
    assert first is not None
    first.refresh_from_db()
    assert first.reverted
    assert SettlementLine.objects.count() == Batch.objects.count() == 2
    assert (settled_points(giver), settled_points(partner)) == (6, 4)
    assert balance(client, deployment, giver) == 6
    proof = proof_for_entry(entry)
    assert proof is not None
    assert proof.settlement.transaction_hash == again.hash
    assert chain_reconcile(client=client, store=False).agrees

    # Nobody pauses by hand in a replay: the first goes through, the second skips every line.
    node.kill()
    node.start()
    with as_runtime():
        driver.settle_once_rewound()

    assert balance(client, deployment, giver) == settled_points(giver) == 6
    assert balance(client, deployment, partner) == settled_points(partner) == 4
    replayed = proof_for_entry(entry)
    assert replayed is not None
    assert replayed.settlement.transaction_hash == first.hash
    assert chain_reconcile(client=client, store=False).agrees


def test_nothing_is_issued_again_that_the_chain_may_still_take(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: Keys, node: TestNode
) -> None:
    driver.settle()
    reward(new_wallet())
    with node.blocks_on_demand() as mine:
        driver.relayer_without_waiting()
        with pytest.raises(AdministrationRefused, match="reverted nothing"):
            reverted_reissue(client=client, open_signer=_opener(keys))
        mine()
    before = ChainTransaction.objects.count()
    with pytest.raises(AdministrationRefused, match="reverted nothing"):
        reverted_reissue(client=client, open_signer=_opener(keys))

    driver.settle()
    assert ChainTransaction.objects.count() == before


def _opener(keys: Keys) -> Callable[[ServiceRole, str], Signer]:
    def open_signer(role: ServiceRole, address: str) -> Signer:
        assert keys[role].address == address
        return keys[role]

    return open_signer


def _by_hand(client: ChainClient, keys: Keys, deployment: Deployment, *, paused: bool) -> bytes:
    admin = keys[ServiceRole.ADMIN]
    return admin.sign(
        UnsignedTransaction(
            chain_id=CHAIN_ID,
            nonce=client.nonce(admin.address),
            gas=200_000,
            to=deployment.contract_address,
            data=encode_pause(paused=paused),
        )
    ).raw
