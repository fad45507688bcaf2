"""The command that stores the deployment: once, with keys that stay."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from chain import keystore
from chain.client import ChainClient
from chain.config import ChainConfig, contract_address
from chain.signer import ServiceRole
from wallet_service.settlement.models import ChainTransaction, Deployment
from wallet_service.settlement.readiness import check_contract

from .conftest import Driver


@pytest.fixture
def environment(
    committed_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    monkeypatch.setenv("CHAIN_KEYS_DIR", str(tmp_path))
    monkeypatch.setenv("CHAIN_ID", "13055")
    for role in ServiceRole:
        monkeypatch.setenv(f"CHAIN_KEYSTORE_PASSWORD_{role.value.upper()}", f"test {role}")
    return monkeypatch


def test_it_is_stored_once_and_lands_where_it_was_computed(
    environment: pytest.MonkeyPatch, tmp_path: Path, client: ChainClient
) -> None:
    first = _deploy()
    again = _deploy()

    deployment = Deployment.objects.get()
    admin = keystore.address(tmp_path, ServiceRole.ADMIN)
    assert deployment.contract_address == contract_address(deployer=str(admin))
    assert deployment.contract_address in first
    assert "already" in again
    kinds = list(ChainTransaction.objects.order_by("sequence").values_list("kind", flat=True))
    assert kinds == ["deploy", "grant", "grant", "grant"]

    from wallet_service.settlement.keyring import open_keyring

    Driver(client, open_keyring(deployment, config=ChainConfig.from_environ())).settle()
    assert client.code(deployment.contract_address) != b""
    check_contract()


def test_another_chain_or_lost_keys_are_refused(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _deploy()

    environment.setenv("CHAIN_ID", "1")
    with pytest.raises(CommandError, match="CHAIN_ID is 1"):
        _deploy()
    environment.setenv("CHAIN_ID", "13055")

    (tmp_path / "issuer.json").unlink()
    with pytest.raises(CommandError, match="issuer"):
        _deploy()
    assert not (tmp_path / "issuer.json").exists()  # never replaced by a new key


def test_a_missing_password_is_named_and_nothing_is_stored(
    environment: pytest.MonkeyPatch,
) -> None:
    environment.delenv("CHAIN_KEYSTORE_PASSWORD_ADMIN")

    with pytest.raises(CommandError, match="CHAIN_KEYSTORE_PASSWORD_ADMIN"):
        _deploy()
    assert not Deployment.objects.exists()


def _deploy() -> str:
    out = io.StringIO()
    call_command("deploy_contract", stdout=out)
    return out.getvalue()
