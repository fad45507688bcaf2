"""Who signs: a port, so that keys may live in a file here and in a remote signer in production.

The port is what Web3Signer's ``eth_signTransaction`` offers: an unsigned transaction goes in, the
raw signed bytes come out, the key stays where it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import rlp  # type: ignore[import-untyped]
from eth_keys.datatypes import PrivateKey
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak


class ServiceRole(StrEnum):
    """The service's keys: one a role. Citizens have none."""

    ADMIN = "admin"
    ISSUER = "issuer"
    REDEEMER = "redeemer"


@dataclass(frozen=True)
class UnsignedTransaction:
    """``to`` is None for a contract creation. Gas is free, so the price is always zero."""

    chain_id: int
    nonce: int
    gas: int
    to: str | None
    data: bytes


@dataclass(frozen=True)
class SignedTransaction:
    """``raw``: what is broadcast, as often as needed; ``hash``: its 0x id, known beforehand."""

    raw: bytes
    hash: str


class SignerUnavailable(Exception):
    """Nothing was signed: the signer is away, refuses, or its answer is not what was asked for."""


class Signer(Protocol):
    """Signs for one address."""

    @property
    def address(self) -> ChecksumAddress: ...

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Raises ``SignerUnavailable``; the same transaction may be asked for again later."""


class KeySigner:
    """Signs with a private key held in memory (see ``chain.keystore`` for where it comes from)."""

    def __init__(self, private_key: bytes) -> None:
        self._key = PrivateKey(private_key)
        self._address = to_checksum_address(self._key.public_key.to_checksum_address())

    @property
    def address(self) -> ChecksumAddress:
        return self._address

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Deterministic (RFC 6979): the same transaction always gives the same bytes.

        Put together here (EIP-155) because the account library derives the key's address anew at
        each signature, which doubles its cost.
        """
        to = bytes.fromhex(transaction.to.removeprefix("0x")) if transaction.to else b""
        fields = [transaction.nonce, 0, transaction.gas, to, 0, transaction.data]
        digest = keccak(rlp.encode([*fields, transaction.chain_id, 0, 0]))
        signature = self._key.sign_msg_hash(digest)
        v = transaction.chain_id * 2 + 35 + signature.v
        raw: bytes = rlp.encode([*fields, v, signature.r, signature.s])
        return SignedTransaction(raw=raw, hash="0x" + keccak(raw).hex())

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"
