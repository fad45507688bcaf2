"""Keystores: owner-only, never overwritten, useless without their password; signatures repeat."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_typing import HexAddress, HexStr
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st
from web3.types import Nonce
from web3.utils.address import get_create_address

from chain import keystore
from chain.__main__ import main
from chain.config import ChainConfig, ChainConfigError, contract_address
from chain.keystore import KeystoreError
from chain.signer import KeySigner, ServiceRole, UnsignedTransaction

ACCOUNT = "0x" + "a1" * 20


@given(
    deployer=st.binary(min_size=20, max_size=20),
    nonce=st.one_of(st.integers(0, 300), st.integers(0, 2**64 - 1)),
)
def test_the_contract_address_is_the_one_ethereum_computes(deployer: bytes, nonce: int) -> None:
    address = "0x" + deployer.hex()

    computed = contract_address(deployer=address, nonce=nonce)

    assert computed == get_create_address(HexAddress(HexStr(address)), Nonce(nonce))


def test_a_keystore_is_made_once_and_opens_with_its_password_only(tmp_path: Path) -> None:
    keys_dir = tmp_path / "keys"

    address = keystore.create(keys_dir, ServiceRole.ISSUER, passphrase="right")

    file = keys_dir / "issuer.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys_dir.stat().st_mode) == 0o700
    assert [path.name for path in keys_dir.iterdir()] == ["issuer.json"]
    assert keystore.address(keys_dir, ServiceRole.ISSUER) == address
    assert keystore.unlock(keys_dir, ServiceRole.ISSUER, passphrase="right").address == address
    with pytest.raises(KeystoreError):
        keystore.unlock(keys_dir, ServiceRole.ISSUER, passphrase="wrong")
    before = file.read_bytes()
    with pytest.raises(KeystoreError):
        keystore.create(keys_dir, ServiceRole.ISSUER, passphrase="right")
    assert file.read_bytes() == before


def test_a_role_without_keystore_or_password_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeystoreError, match="redeemer"):
        keystore.unlock(tmp_path, ServiceRole.REDEEMER, passphrase="x")
    with pytest.raises(KeystoreError, match="CHAIN_KEYSTORE_PASSWORD_REDEEMER"):
        keystore.password(ServiceRole.REDEEMER, {})


def test_the_command_line_makes_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CHAIN_KEYS_DIR", str(tmp_path))
    monkeypatch.setenv("CHAIN_KEYSTORE_PASSWORD_ADMIN", "secret")
    monkeypatch.delenv("CHAIN_KEYSTORE_PASSWORD_ISSUER", raising=False)

    assert main(["keys", "create", "--role", "admin"]) == 0
    assert main(["keys", "create", "--role", "issuer"]) == 1

    captured = capsys.readouterr()
    assert str(keystore.address(tmp_path, ServiceRole.ADMIN)) in captured.out
    assert "CHAIN_KEYSTORE_PASSWORD_ISSUER is not set" in captured.err


def test_a_signature_is_its_senders_and_the_same_each_time() -> None:
    signer = KeySigner(bytes(31) + b"\x07")
    transaction = UnsignedTransaction(chain_id=13055, nonce=3, gas=21_000, to=ACCOUNT, data=b"x")

    signed = signer.sign(transaction)

    assert signed == signer.sign(transaction)
    assert Account.recover_transaction(signed.raw) == signer.address
    assert repr(signer) == f"KeySigner({signer.address})"


@pytest.mark.parametrize(
    "environ", [{"CHAIN_ID": "zero"}, {"CHAIN_ID": "0"}, {"CHAIN_RPC_URL": "ws://node"}]
)
def test_a_setting_that_cannot_work_is_refused(environ: dict[str, str]) -> None:
    with pytest.raises(ChainConfigError, match=next(iter(environ))):
        ChainConfig.from_environ(environ)


def test_a_successor_stands_beside_the_first_key_and_is_found_by_its_address(
    tmp_path: Path,
) -> None:
    first = keystore.create(tmp_path, ServiceRole.ISSUER, passphrase="p")
    second = keystore.create(tmp_path, ServiceRole.ISSUER, passphrase="p", successor=True)

    assert keystore.address(tmp_path, ServiceRole.ISSUER) == first
    assert set(keystore.addresses(tmp_path, ServiceRole.ISSUER)) == {first, second}
    for address in (first, second):
        opened = keystore.unlock(tmp_path, ServiceRole.ISSUER, passphrase="p", address=address)
        assert opened.address == address
    with pytest.raises(KeystoreError, match="no keystore of redeemer"):
        keystore.unlock(tmp_path, ServiceRole.REDEEMER, passphrase="p", address=first)


@given(
    key=st.integers(1, 2**252).map(lambda number: number.to_bytes(32, "big")),
    nonce=st.integers(0, 2**32),
    gas=st.integers(21_000, 2**24),
    to=st.one_of(st.none(), st.binary(min_size=20, max_size=20)),
    data=st.binary(max_size=300),
    chain_id=st.integers(1, 2**31),
)
def test_it_signs_byte_for_byte_as_the_account_library_does(
    key: bytes, nonce: int, gas: int, to: bytes | None, data: bytes, chain_id: int
) -> None:
    address = "0x" + to.hex() if to else None
    fields: dict[str, Any] = {
        "chainId": chain_id,
        "nonce": nonce,
        "gas": gas,
        "gasPrice": 0,
        "value": 0,
        "data": data,
        **({"to": to_checksum_address(address)} if address else {}),
    }
    theirs = Account.sign_transaction(fields, key)

    ours = KeySigner(key).sign(UnsignedTransaction(chain_id, nonce, gas, address, data))

    assert ours.raw == bytes(theirs.raw_transaction)
    assert ours.hash == "0x" + bytes(theirs.hash).hex()
    assert KeySigner(key).address == Account.from_key(key).address
