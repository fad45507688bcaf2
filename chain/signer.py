"""Who signs: a port, so that keys may live in a file here and in a remote signer in production.

The port is what Web3Signer's ``eth_signTransaction`` offers: an unsigned transaction goes in, the
raw signed bytes come out, the key stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_account.types import AccessListEntry
from eth_typing import ChecksumAddress, HexStr
from eth_utils.address import to_checksum_address


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
        self._account: LocalAccount = Account.from_key(private_key)

    @property
    def address(self) -> ChecksumAddress:
        return to_checksum_address(self._account.address)

    def sign(self, transaction: UnsignedTransaction) -> SignedTransaction:
        """Deterministic (RFC 6979): the same transaction always gives the same bytes."""
        fields: dict[str, Sequence[AccessListEntry] | bytes | HexStr | int] = {
            "chainId": transaction.chain_id,
            "nonce": transaction.nonce,
            "gas": transaction.gas,
            "gasPrice": 0,
            "value": 0,
            "data": transaction.data,
        }
        if transaction.to is not None:
            fields["to"] = HexStr(to_checksum_address(transaction.to))
        signed = self._account.sign_transaction(fields)
        return SignedTransaction(
            raw=bytes(signed.raw_transaction), hash="0x" + bytes(signed.hash).hex()
        )

    def __repr__(self) -> str:
        return f"KeySigner({self.address})"
