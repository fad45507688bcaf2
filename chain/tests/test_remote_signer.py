"""The remote signer signs as the keystore does, and is believed in nothing that it says."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from chain.remote_signer import RemoteSigner
from chain.signed import SignedTransactionError, transaction_read
from chain.signer import KeySigner, SignerUnavailable, UnsignedTransaction

from .fake_web3signer import FakeWeb3Signer, running_web3signer

CHAIN_ID = 13055
TO = "0x" + "ab" * 20
CALL = UnsignedTransaction(chain_id=CHAIN_ID, nonce=7, gas=90_000, to=TO, data=b"\x01\x02")
CREATION = UnsignedTransaction(chain_id=CHAIN_ID, nonce=0, gas=5_000_000, to=None, data=b"\x60")


@pytest.fixture
def key() -> KeySigner:
    return KeySigner(os.urandom(32))


@pytest.fixture
def service(key: KeySigner) -> Iterator[FakeWeb3Signer]:
    with running_web3signer([KeySigner(os.urandom(32)), key], chain_id=CHAIN_ID) as fake:
        yield fake


@pytest.mark.parametrize("wanted", [CALL, CREATION])
def test_it_gives_the_very_bytes_that_the_key_itself_would(
    service: FakeWeb3Signer, key: KeySigner, wanted: UnsignedTransaction
) -> None:
    remote = RemoteSigner(service.url, key.address)

    assert remote.sign(wanted) == key.sign(wanted)
    assert remote.holds_key()
    (asked,) = service.asked[0]["params"]
    assert asked["from"] == key.address
    assert (asked["gasPrice"], asked["value"]) == ("0x0", "0x0")
    assert ("to" in asked) is (wanted.to is not None)


def test_a_key_that_it_does_not_hold_is_refused(service: FakeWeb3Signer) -> None:
    stranger = RemoteSigner(service.url, KeySigner(os.urandom(32)).address)

    assert not stranger.holds_key()
    with pytest.raises(SignerUnavailable, match="-32000"):
        stranger.sign(CALL)


def test_another_transaction_than_asked_for_is_refused(
    service: FakeWeb3Signer, key: KeySigner
) -> None:
    remote = RemoteSigner(service.url, key.address)
    other = UnsignedTransaction(CHAIN_ID, CALL.nonce, CALL.gas, TO, b"something else")
    for raw in (
        key.sign(other).raw,
        KeySigner(os.urandom(32)).sign(CALL).raw,
        b"no transaction",
        b"",
    ):
        service.answer = "0x" + raw.hex()
        with pytest.raises(SignerUnavailable, match="not usable"):
            remote.sign(CALL)


def test_a_signer_of_another_chain_is_refused(key: KeySigner) -> None:
    with (
        running_web3signer([key], chain_id=1) as service,
        pytest.raises(SignerUnavailable, match="another transaction"),
    ):
        RemoteSigner(service.url, key.address).sign(CALL)


@pytest.mark.parametrize("answer", ["0xzz", 17, {"raw": "0x00"}, ["0x00"]])
def test_nonsense_is_refused(service: FakeWeb3Signer, key: KeySigner, answer: object) -> None:
    service.answer = answer

    with pytest.raises(SignerUnavailable):
        RemoteSigner(service.url, key.address).sign(CALL)


def test_a_signer_that_is_away_is_named_so(key: KeySigner) -> None:
    with running_web3signer([key], chain_id=CHAIN_ID) as service:
        url = service.url

    with pytest.raises(SignerUnavailable, match="ConnectError"):
        RemoteSigner(url, key.address).sign(CALL)


@pytest.mark.parametrize("wanted", [CALL, CREATION])
def test_a_signed_transaction_is_read_back(key: KeySigner, wanted: UnsignedTransaction) -> None:
    unsigned, signer = transaction_read(key.sign(wanted).raw)

    assert signer == key.address
    assert (unsigned.nonce, unsigned.gas, unsigned.chain_id, unsigned.data) == (
        wanted.nonce,
        wanted.gas,
        wanted.chain_id,
        wanted.data,
    )
    assert (unsigned.to or "").lower() == (wanted.to or "")


@pytest.mark.parametrize("raw", [b"", b"\x02\xc0", b"\xc0", bytes(100)])
def test_what_is_no_transaction_is_not_read(raw: bytes) -> None:
    with pytest.raises(SignedTransactionError):
        transaction_read(raw)
