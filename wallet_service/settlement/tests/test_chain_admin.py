"""The command by which an operator pauses, grants, revokes and rotates; and the remote signer."""

from __future__ import annotations

import io
import re
import uuid
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chain import keystore
from chain.client import ChainClient
from chain.codec import Role
from chain.config import ChainConfig
from chain.signer import KeySigner, ServiceRole
from chain.testing import CHAIN_ID
from chain.tests.fake_web3signer import FakeWeb3Signer, running_web3signer
from wallet_service.settlement.domain import Problem, RelayerState
from wallet_service.settlement.keyring import open_keyring
from wallet_service.settlement.models import ChainTransaction, Deployment, RelayerHeartbeat
from wallet_service.settlement.relayer import Relayer
from wallet_service.settlement.selectors import settled_points
from wallet_service.settlement.waiting import StopSignal

from .conftest import RECONCILE_EVERY_S, Driver
from .ledgering import balance, new_wallet, reward


@pytest.fixture
def deployed(
    committed_db: None, tmp_path: Path, client: ChainClient, monkeypatch: pytest.MonkeyPatch
) -> Deployment:
    """A deployment with keystores, whose passwords are in the environment."""
    monkeypatch.setenv("CHAIN_KEYS_DIR", str(tmp_path / "keys"))
    monkeypatch.setenv("CHAIN_ID", str(CHAIN_ID))
    monkeypatch.setenv("CHAIN_RPC_URL", client.rpc_url)
    for role in ServiceRole:
        monkeypatch.setenv(f"CHAIN_KEYSTORE_PASSWORD_{role.value.upper()}", f"test {role}")
    call_command("deploy_contract", stdout=io.StringIO())
    return Deployment.objects.get()


def test_a_rotation_by_command_with_keystores(
    deployed: Deployment, client: ChainClient, tmp_path: Path
) -> None:
    wallet = new_wallet()
    reward(wallet)
    _settle(client, deployed)
    old = deployed.issuer_address

    said = _admin("rotate-begin", "issuer")
    found = re.search(r"successor of issuer: (0x\w{40})", said)
    assert found is not None
    successor = found.group(1)
    with pytest.raises(CommandError, match="not granted"):
        _admin("rotate-finish", "issuer", successor)
    _settle(client, deployed)
    assert "revoke ISSUER_ROLE" in _admin("rotate-finish", "issuer", successor)
    reward(wallet)
    _settle(client, deployed)

    contract = deployed.contract_address
    assert balance(client, deployed, wallet) == settled_points(wallet) == 20
    assert client.has_role(contract, Role.ISSUER, successor)
    assert not client.has_role(contract, Role.ISSUER, old)
    # The old key's file may go; starting again needs the one in use only.
    (tmp_path / "keys" / "issuer.json").unlink()
    assert keystore.addresses(tmp_path / "keys", ServiceRole.ISSUER) == [successor]
    call_command("deploy_contract", stdout=io.StringIO())


def test_pause_and_roles_by_command(deployed: Deployment, client: ChainClient) -> None:
    account = KeySigner(uuid.uuid4().bytes * 2).address
    assert "grant PAUSER_ROLE" in _admin("grant", "PAUSER_ROLE", account.lower())
    assert "pause" in _admin("pause")
    _settle(client, deployed)
    assert client.is_paused(deployed.contract_address)
    assert client.has_role(deployed.contract_address, Role.PAUSER, account)

    _admin("unpause")
    _admin("revoke", "PAUSER_ROLE", account)
    _settle(client, deployed)

    assert not client.is_paused(deployed.contract_address)
    assert not client.has_role(deployed.contract_address, Role.PAUSER, account)
    for arguments, message in (
        (("unpause",), "not paused"),
        (("grant", "PAUSER_ROLE", "0x12"), "not an address"),
        (("revoke", "ISSUER_ROLE", deployed.issuer_address), "rotate it"),
        (("reissue",), "reverted nothing"),
    ):
        with pytest.raises(CommandError, match=message):
            _admin(*arguments)


def test_without_the_admins_password_nothing_is_stored(
    deployed: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ChainTransaction.objects.count()
    monkeypatch.delenv("CHAIN_KEYSTORE_PASSWORD_ADMIN")

    with pytest.raises(CommandError, match="CHAIN_KEYSTORE_PASSWORD_ADMIN"):
        _admin("pause")
    assert ChainTransaction.objects.count() == before


def test_everything_goes_through_a_remote_signer(
    committed_db: None, client: ChainClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    keys = {role: KeySigner(uuid.uuid4().bytes * 2) for role in ServiceRole}
    successor = KeySigner(uuid.uuid4().bytes * 2)
    monkeypatch.setenv("CHAIN_KEYS_DIR", str(tmp_path / "none"))
    monkeypatch.setenv("CHAIN_RPC_URL", client.rpc_url)
    monkeypatch.setenv("CHAIN_ID", str(CHAIN_ID))
    with running_web3signer([*keys.values(), successor], chain_id=CHAIN_ID) as service:
        monkeypatch.setenv("CHAIN_SIGNER_URL", service.url)
        with pytest.raises(CommandError, match="CHAIN_ADDRESS_ADMIN"):
            call_command("deploy_contract", stdout=io.StringIO())
        for role, key in keys.items():
            monkeypatch.setenv(f"CHAIN_ADDRESS_{role.value.upper()}", key.address)
        call_command("deploy_contract", stdout=io.StringIO())
        deployment = Deployment.objects.get()
        wallet = new_wallet()
        reward(wallet)
        _settle(client, deployment)
        _admin("rotate-begin", "issuer", "--successor", successor.address)
        _settle(client, deployment)
        _admin("rotate-finish", "issuer", successor.address)
        reward(wallet)
        _settle(client, deployment)

        assert balance(client, deployment, wallet) == 20
        last = ChainTransaction.objects.filter(kind="batch").order_by("-place")[0]
        assert last.sender == successor.address
        _while_it_is_away(service, deployment, client)
    assert not (tmp_path / "none").exists()


def _while_it_is_away(service: FakeWeb3Signer, deployment: Deployment, client: ChainClient) -> None:
    """Nothing is stored that was not signed right, and it goes on when the signer is back."""
    relayer = _relayer(client)
    relayer.step()
    wallet = new_wallet()
    reward(wallet)
    stored = ChainTransaction.objects.count()
    service.answer = "0x00"
    for _ in range(3):
        relayer.step()
    heartbeat = RelayerHeartbeat.objects.get()
    assert (heartbeat.state, heartbeat.problem) == (
        RelayerState.BLOCKED,
        Problem.SIGNER_UNAVAILABLE,
    )
    assert ChainTransaction.objects.count() == stored
    service.answer = None
    _settle(client, deployment)
    assert balance(client, deployment, wallet) == 10


def _settle(client: ChainClient, deployment: Deployment) -> None:
    config = ChainConfig.from_environ()
    keyring = open_keyring(deployment, config=config)
    Driver(client, keyring).settle()


def _relayer(client: ChainClient) -> Relayer:
    config = ChainConfig.from_environ()
    return Relayer(
        client=client,
        open_keyring=lambda deployment: open_keyring(deployment, config=config),
        stop=StopSignal(),
        reconcile_every_s=RECONCILE_EVERY_S,
    )


def _admin(*arguments: str) -> str:
    out = io.StringIO()
    call_command("chain_admin", *arguments, stdout=out)
    return out.getvalue()
