"""Issuing again what the chain took and reverted, for instance while somebody paused by hand.

A reverted transaction has used its nonce up and changed nothing. Another one with the same call,
hence the same numbers, stands in for it: the contract counts each number once, so if the first one
does go through when the journal is replayed, the second one skips every line.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from typing import Final

from django.db import transaction

from chain.client import ChainClient
from chain.signed import transaction_read
from chain.signer import ServiceRole, Signer

from .administration import deployment_get
from .domain import TransactionKind, TransactionState
from .errors import AdministrationRefused
from .locks import Lock, lock_until_commit
from .models import Batch, ChainTransaction
from .senders import current_address
from .sequence import SequenceWriter

_LOOKED_AT: Final = 100


def reverted_reissue(
    *, client: ChainClient, open_signer: Callable[[ServiceRole, str], Signer]
) -> list[ChainTransaction]:
    """Sign anew every batch that the chain has reverted; returns what stands in for them.

    They come after everything that the same key has signed and before what another key has, so a
    mint still precedes what spends it (the relayer forms nothing behind a redeemer's transaction
    that is not confirmed yet, so there is no other order to keep).

    One SQL transaction under the sequence's lock. Raises ``AdministrationRefused`` when nothing is
    reverted, when something other than a batch is, or when a later transaction of the same key is
    not on the chain yet (ask again once it is); ``ChainError`` and ``SignerUnavailable`` kinds.
    """
    with transaction.atomic():
        lock_until_commit(Lock.SEQUENCE)
        run = _head_run()
        receipts = client.receipts([stored.hash for stored in run])
        reverted = [
            stored
            for stored, receipt in zip(run, receipts, strict=True)
            if receipt is not None and not receipt.succeeded
        ]
        if not reverted:
            raise AdministrationRefused("the chain has reverted nothing that waits")
        if any(receipt is None for receipt in receipts):
            raise AdministrationRefused("a later transaction of this key is not on the chain yet")
        if any(stored.kind != TransactionKind.BATCH for stored in reverted):
            raise AdministrationRefused("only batches can be issued again")
        deployment, writer = deployment_get(), SequenceWriter()
        role = ServiceRole(run[0].sender_role)
        signer = open_signer(role, current_address(deployment, role))
        issued = []
        for distance, stored in enumerate(reverted, start=1):
            call, _ = transaction_read(bytes(stored.raw))
            again = writer.append(
                deployment=deployment,
                kind=TransactionKind.BATCH,
                role=role,
                signer=signer,
                gas=call.gas,
                to=call.to,
                data=call.data,
                supersedes=stored,
                place=run[-1].place + distance,
            )
            Batch.objects.filter(pk=stored.carried_batch().pk).update(settling=again)
            issued.append(again)
        return issued


def _head_run() -> list[ChainTransaction]:
    """The first transactions that wait for the chain, of one sender, without those replaced."""
    waiting = list(
        ChainTransaction.objects.exclude(state=TransactionState.CONFIRMED)
        .filter(superseded_by=None)
        .order_by("place")[:_LOOKED_AT]
    )
    return list(takewhile(lambda stored: stored.sender == waiting[0].sender, waiting))
