"""Reading a signed transaction back: what it says and who signed it.

Needed where signed bytes come from elsewhere (a remote signer, the stored sequence): they are read
before they are trusted. Only the form that this project signs is known: EIP-155 transactions
without a type byte, at price zero.
"""

from __future__ import annotations

from collections.abc import Sequence

import rlp  # type: ignore[import-untyped]
from eth_account import Account
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from chain.signer import SignedTransaction, UnsignedTransaction

_FIELDS = 9  # nonce, gas price, gas, to, value, data, v, r, s


class SignedTransactionError(ValueError):
    """Not a transaction of the one form that is known here."""


def transaction_read(raw: bytes) -> tuple[UnsignedTransaction, ChecksumAddress]:
    """What was signed, and the address of the key that did; raises ``SignedTransactionError``."""
    try:
        fields: Sequence[bytes] = rlp.decode(raw)
        if len(fields) != _FIELDS or any(not isinstance(field, bytes) for field in fields):
            raise SignedTransactionError("not an EIP-155 transaction")
        nonce, price, gas, to, value, data, v = fields[:7]
        if _whole(price) or _whole(value):
            raise SignedTransactionError("it pays: gas is free here and nothing has a value")
        unsigned = UnsignedTransaction(
            chain_id=(_whole(v) - 35) // 2,  # EIP-155: v = chain id * 2 + 35 or 36
            nonce=_whole(nonce),
            gas=_whole(gas),
            to=to_checksum_address(to) if to else None,
            data=bytes(data),
        )
        signer = Account.recover_transaction(raw)
    except SignedTransactionError:
        raise
    except Exception as exc:  # every library beneath has its own way to refuse nonsense
        raise SignedTransactionError("not a signed transaction") from exc
    return unsigned, to_checksum_address(signer)


def signed_check(
    raw: bytes, *, wanted: UnsignedTransaction, signer: ChecksumAddress
) -> SignedTransaction:
    """The signed bytes with their hash, if they are ``wanted`` signed by ``signer``.

    Raises ``SignedTransactionError`` otherwise: what somebody else signed for us is never stored
    unread.
    """
    unsigned, by = transaction_read(raw)
    if by != signer:
        raise SignedTransactionError("signed with another key than asked for")
    if unsigned != wanted and unsigned != _checksummed(wanted):
        raise SignedTransactionError("another transaction was signed than asked for")
    return SignedTransaction(raw=raw, hash="0x" + keccak(raw).hex())


def _checksummed(wanted: UnsignedTransaction) -> UnsignedTransaction:
    to = to_checksum_address(wanted.to) if wanted.to else None
    return UnsignedTransaction(wanted.chain_id, wanted.nonce, wanted.gas, to, wanted.data)


def _whole(field: bytes) -> int:
    return int.from_bytes(field, "big")
