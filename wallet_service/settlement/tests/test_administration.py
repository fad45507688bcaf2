"""Pausing, roles and keys: part of the sequence, repeated by every replay."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from chain.client import ChainClient
from chain.codec import Role
from chain.signer import KeySigner, ServiceRole
from chain.testing import TestNode
from wallet_service.settlement.administration import (
    contract_pause,
    contract_unpause,
    role_grant,
    role_revoke,
    rotation_begin,
    rotation_finish,
)
from wallet_service.settlement.domain import Problem, RelayerState
from wallet_service.settlement.errors import AdministrationRefused
from wallet_service.settlement.keyring import Keyring
from wallet_service.settlement.models import (
    Batch,
    ChainTransaction,
    Deployment,
    RelayerHeartbeat,
    SenderKey,
)
from wallet_service.settlement.readiness import CHECKS
from wallet_service.settlement.reconciliation import chain_reconcile
from wallet_service.settlement.selectors import settled_points

from .conftest import Driver
from .ledgering import balance, new_partner, new_wallet, reward, spend

Keys = dict[ServiceRole, KeySigner]


def new_key() -> KeySigner:
    return KeySigner(uuid.uuid4().bytes + uuid.uuid4().bytes)


def test_a_pause_lets_through_what_was_signed_before_and_nothing_after(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: Keys
) -> None:
    driver.settle()
    wallet = new_wallet()
    reward(wallet)
    driver.relayer_without_waiting()  # signed and sent
    contract_pause(admin=keys[ServiceRole.ADMIN])
    for _ in range(4):
        driver.relayer.step()
    assert client.is_paused(deployment.contract_address)
    assert settled_points(wallet) == 10

    reward(wallet)
    for _ in range(3):
        driver.relayer.step()

    assert Batch.objects.count() == 1
    heartbeat = RelayerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.problem) == (RelayerState.BLOCKED, Problem.CONTRACT_PAUSED)
    CHECKS["settlement"]()  # somebody's decision: the ledger serves on
    contract_unpause(admin=keys[ServiceRole.ADMIN])
    driver.settle()
    assert balance(client, deployment, wallet) == 20


def test_a_replay_pauses_grants_and_revokes_too(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: Keys, node: TestNode
) -> None:
    admin, other = keys[ServiceRole.ADMIN], new_key().address
    role_grant(admin=admin, role=Role.PAUSER, account=other)
    role_grant(admin=admin, role=Role.REDEEMER, account=other)
    role_revoke(admin=admin, role=Role.REDEEMER, account=other)
    contract_pause(admin=admin)
    driver.settle()
    node.kill()
    node.start()

    driver.settle_once_rewound()

    contract = deployment.contract_address
    assert client.is_paused(contract)
    assert client.has_role(contract, Role.PAUSER, other)
    assert not client.has_role(contract, Role.REDEEMER, other)


def test_what_would_have_no_effect_is_refused_and_not_stored(
    deployment: Deployment, keys: Keys
) -> None:
    admin, issuer = keys[ServiceRole.ADMIN], keys[ServiceRole.ISSUER]
    before = ChainTransaction.objects.count()
    for refused in (
        lambda: contract_unpause(admin=admin),
        lambda: contract_pause(admin=issuer),
        lambda: role_grant(admin=admin, role=Role.ISSUER, account=issuer.address),
        lambda: role_grant(admin=issuer, role=Role.ISSUER, account=new_key().address),
        lambda: role_revoke(admin=admin, role=Role.PAUSER, account=new_key().address),
        lambda: role_revoke(admin=admin, role=Role.ISSUER, account=issuer.address),
        lambda: role_revoke(admin=admin, role=Role.ADMIN, account=admin.address),
        lambda: rotation_begin(role=ServiceRole.ISSUER, successor=issuer.address, admin=admin),
        lambda: rotation_finish(
            role=ServiceRole.ISSUER, successor=new_key().address, admin=admin, open_new=new_key
        ),
    ):
        with pytest.raises(AdministrationRefused):
            refused()

    assert ChainTransaction.objects.count() == before
    contract_pause(admin=admin)
    with pytest.raises(AdministrationRefused, match="paused already"):
        contract_pause(admin=admin)


@pytest.mark.parametrize("role", [ServiceRole.ISSUER, ServiceRole.REDEEMER])
def test_a_rotated_key_signs_on_and_the_old_one_may_nothing_more(
    driver: Driver,
    deployment: Deployment,
    client: ChainClient,
    keys: Keys,
    node: TestNode,
    role: ServiceRole,
) -> None:
    admin, old, successor = keys[ServiceRole.ADMIN], keys[role], new_key()
    giver, partner = new_wallet(), new_partner()
    reward(giver, points=30)
    spend(giver, points=5, to=partner)
    driver.settle()

    rotation_begin(role=role, successor=successor.address, admin=admin)
    reward(giver, points=1)  # meanwhile the old key signs
    with pytest.raises(AdministrationRefused, match="not granted"):
        rotation_finish(
            role=role, successor=successor.address, admin=admin, open_new=lambda: successor
        )
    driver.settle()
    rotation_finish(role=role, successor=successor.address, admin=admin, open_new=lambda: successor)
    keys_now = {**keys, role: successor}
    driver.keyring = Keyring({**keys_now})  # what the relayer opens when it hears of the rotation
    reward(giver, points=2)
    spend(giver, points=3, to=partner)
    driver.settle()

    senders = list(
        ChainTransaction.objects.filter(kind="batch", sender_role=role)
        .order_by("place")
        .values_list("sender", flat=True)
    )
    assert senders[0] == old.address
    assert senders[-1] == successor.address
    contract, granted = deployment.contract_address, Role[role.name]
    hashes = _hashes()
    supply = client.total_supply(contract)
    assert not client.has_role(contract, granted, old.address)

    node.kill()
    node.start()
    driver.restart()
    driver.settle_once_rewound()

    # Old batches replay, though their key may nothing more: the revocation comes after them.
    assert _hashes() == hashes
    assert client.total_supply(contract) == supply == 33
    assert balance(client, deployment, giver) == settled_points(giver) == 25
    assert balance(client, deployment, partner) == settled_points(partner) == 8
    assert client.has_role(contract, granted, successor.address)
    assert not client.has_role(contract, granted, old.address)
    assert chain_reconcile(client=client, store=False).agrees


def test_the_admins_own_key_is_rotated_and_the_new_one_pauses(
    driver: Driver, deployment: Deployment, client: ChainClient, keys: Keys, node: TestNode
) -> None:
    old, successor = keys[ServiceRole.ADMIN], new_key()
    rotation_begin(role=ServiceRole.ADMIN, successor=successor.address, admin=old)
    driver.settle()
    rotation_finish(
        role=ServiceRole.ADMIN, successor=successor.address, admin=old, open_new=lambda: successor
    )
    with pytest.raises(AdministrationRefused):
        contract_pause(admin=old)
    contract_pause(admin=successor)
    driver.settle()
    node.kill()
    node.start()

    driver.settle_once_rewound()

    contract = deployment.contract_address
    assert client.is_paused(contract)
    for role in (Role.ADMIN, Role.PAUSER):
        assert client.has_role(contract, role, successor.address)
        assert not client.has_role(contract, role, old.address)


def test_a_relayer_that_missed_a_rotation_opens_the_new_key(
    driver: Driver, deployment: Deployment, keys: Keys, client: ChainClient
) -> None:
    wallet = new_wallet()
    reward(wallet)
    driver.settle()  # the old keyring is open
    opened: list[Keyring] = []
    successor = new_key()
    rotation_begin(
        role=ServiceRole.ISSUER, successor=successor.address, admin=keys[ServiceRole.ADMIN]
    )
    driver.settle()
    rotation_finish(
        role=ServiceRole.ISSUER,
        successor=successor.address,
        admin=keys[ServiceRole.ADMIN],
        open_new=lambda: successor,
    )
    driver.keyring = Keyring({**keys, ServiceRole.ISSUER: successor})
    opened.append(driver.keyring)
    reward(wallet)

    driver.settle()

    assert balance(client, deployment, wallet) == 20
    last = ChainTransaction.objects.filter(kind="batch").order_by("-place")[0]
    assert last.sender == successor.address == SenderKey.objects.get().address


def test_the_runtime_role_may_settle_after_a_rotation_but_not_change_one(
    driver: Driver,
    deployment: Deployment,
    keys: Keys,
    as_runtime: Callable[[], AbstractContextManager[None]],
) -> None:
    contract_pause(admin=keys[ServiceRole.ADMIN])
    contract_unpause(admin=keys[ServiceRole.ADMIN])
    wallet = new_wallet()
    reward(wallet)

    with as_runtime():
        driver.settle()

    assert settled_points(wallet) == 10


def _hashes() -> list[str]:
    return list(ChainTransaction.objects.order_by("place").values_list("hash", flat=True))
