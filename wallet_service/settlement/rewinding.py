"""Noticing that the chain forgot what it had confirmed, and how far it went back."""

from __future__ import annotations

import logging
from typing import Final

from django.db import transaction
from django.db.models import F

from chain.client import ChainClient

from .domain import TransactionState
from .models import ChainTransaction

_LOOK_BACK_AT_ONCE: Final = 100
logger = logging.getLogger(__name__)


def chain_rewound(*, client: ChainClient) -> int:
    """Mark as unsent what the chain no longer holds; returns how many transactions that is.

    The last confirmed transaction in the same block (by hash) proves that all earlier ones stand:
    a block's hash covers its whole past, and the sequence has one order. If it is gone (an empty
    node was started, or the chain lost its last blocks), look backwards for the last that stands;
    everything after it is ``signed`` again, in one SQL transaction, and ``chain_settle`` sends the
    stored bytes anew. Raises ``ChainError`` kinds.
    """
    last = _confirmed_before(None, limit=1)
    if not last or _standing(last, client) is not None:
        return 0
    standing = 0
    before: int | None = None
    while candidates := _confirmed_before(before, limit=_LOOK_BACK_AT_ONCE):
        found = _standing(candidates, client)
        if found is not None:
            standing = found
            break
        before = candidates[-1].sequence
    with transaction.atomic():
        lost = ChainTransaction.objects.filter(sequence__gt=standing).update(
            state=TransactionState.SIGNED,
            sent_at=None,
            block_number=None,
            block_hash="",
            gas_used=None,
            lines_refused=0,
            confirmed_at=None,
            rewinds=F("rewinds") + 1,
        )
    logger.warning(
        "the chain went back; sending again", extra={"sequence": standing, "count": lost}
    )
    return lost


def _confirmed_before(sequence: int | None, *, limit: int) -> list[ChainTransaction]:
    """Confirmed transactions, latest first."""
    rows = ChainTransaction.objects.filter(state=TransactionState.CONFIRMED)
    if sequence is not None:
        rows = rows.filter(sequence__lt=sequence)
    return list(rows.only("sequence", "hash", "block_hash").order_by("-sequence")[:limit])


def _standing(candidates: list[ChainTransaction], client: ChainClient) -> int | None:
    """The sequence of the first candidate that is on the chain where we saw it."""
    receipts = client.receipts([stored.hash for stored in candidates])
    for stored, receipt in zip(candidates, receipts, strict=True):
        if receipt is not None and receipt.block_hash == stored.block_hash:
            return stored.sequence
    return None
