"""The one sequence of signed transactions: the only place that assigns numbers and nonces."""

from __future__ import annotations

from typing import Final

from django.db.models import Max

from chain.codec import Role
from chain.signer import ServiceRole, Signer, UnsignedTransaction

from .domain import PLACE_STEP, TransactionKind
from .locks import Lock, lock_until_commit
from .models import ChainTransaction, Deployment, SettlementLine

_FIRST_SEQUENCE: Final = 1


class SequenceWriter:
    """Appends to the sequence within one SQL transaction, of which there is one at a time.

    Sequence, nonces and line numbers are read once, under the lock, then counted here. They become
    real together with the signed bytes at the commit: a crash before it leaves no gap, a crash
    after it leaves transactions that only need to be sent.
    """

    def __init__(self) -> None:
        lock_until_commit(Lock.SEQUENCE)
        last = ChainTransaction.objects.aggregate(last=Max("sequence"))["last"]
        self._sequence: int = (last or _FIRST_SEQUENCE - 1) + 1
        number = SettlementLine.objects.aggregate(last=Max("number"))["last"]
        self._number: int = 0 if number is None else number + 1
        self._nonces: dict[str, int] = {}

    def next_numbers(self, count: int) -> int:
        """Reserve ``count`` dense line numbers; returns the first."""
        first = self._number
        self._number += count
        return first

    def append(
        self,
        *,
        deployment: Deployment,
        kind: TransactionKind,
        role: ServiceRole,
        signer: Signer,
        gas: int,
        to: str | None,
        data: bytes,
        granted: tuple[Role, str] | None = None,
        supersedes: ChainTransaction | None = None,
        place: int | None = None,
    ) -> ChainTransaction:
        """Sign and store the sender's next transaction.

        ``granted``: role and account of a grant or revocation. ``supersedes`` and ``place``: what
        it stands in for, and where in the order; by default it comes last. Raises
        ``chain.signer.SignerUnavailable``.
        """
        nonce = self._next_nonce(signer.address)
        signed = signer.sign(
            UnsignedTransaction(
                chain_id=deployment.chain_id, nonce=nonce, gas=gas, to=to, data=data
            )
        )
        stored = ChainTransaction.objects.create(
            sequence=self._sequence,
            place=self._sequence * PLACE_STEP if place is None else place,
            supersedes=supersedes,
            deployment=deployment,
            kind=kind,
            sender_role=role,
            sender=signer.address,
            nonce=nonce,
            raw=signed.raw,
            hash=signed.hash,
            granted_role=granted[0] if granted else "",
            granted_to=granted[1] if granted else "",
        )
        self._sequence += 1
        self._nonces[signer.address] = nonce + 1
        return stored

    def _next_nonce(self, sender: str) -> int:
        if sender not in self._nonces:
            stored = ChainTransaction.objects.filter(sender=sender)
            last = stored.aggregate(last=Max("nonce"))["last"]
            self._nonces[sender] = 0 if last is None else last + 1
        return self._nonces[sender]
