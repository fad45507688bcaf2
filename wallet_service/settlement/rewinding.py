"""Noticing that the chain forgot what it had confirmed, and how far it went back."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from django.db.models import F

from chain.client import ChainClient

from .domain import TransactionState
from .models import ChainTransaction

_LOOK_BACK_AT_ONCE: Final = 100
_MARK_AT_ONCE: Final = 1_000
logger = logging.getLogger(__name__)


def chain_rewound(
    *,
    client: ChainClient,
    beat: Callable[[], None] = lambda: None,
    restore: Callable[[], bool] = lambda: False,
) -> int:
    """Mark as unsent what the chain no longer holds; returns how many transactions that is.

    The last confirmed transaction in the same block (by hash) proves that all earlier ones stand:
    a block's hash covers its whole past, and the sequence has one order. If it is gone (an empty
    node was started, or the chain lost its last blocks), look backwards for the last that stands;
    everything after it is ``signed`` again and ``chain_settle`` sends the stored bytes anew.

    Marks the last ones first, a thousand in an SQL transaction: after a crash in between, what is
    confirmed still comes before what is not, and the next call goes on. ``beat`` is called between
    pages, so that a long past does not look like a dead process; ``restore`` may bring a lost chain
    forward first, and says whether it did. Raises ``ChainError`` kinds.
    """
    last = _confirmed_before(None, limit=1)
    if not last or _standing(last, client) is not None:
        return 0
    beat()
    if restore() and _standing(last, client) is not None:
        return 0
    standing = _last_standing(client, beat)
    lost = 0
    while marked := _mark_last(after=standing):
        lost += marked
        beat()
    logger.warning(
        "the chain went back; sending again", extra={"sequence": standing, "count": lost}
    )
    return lost


def _last_standing(client: ChainClient, beat: Callable[[], None]) -> int:
    """The place of the last transaction that the chain still holds; 0 for none."""
    if client.block_number() == 0:
        return 0  # an empty node: no need to ask for each
    before: int | None = None
    while candidates := _confirmed_before(before, limit=_LOOK_BACK_AT_ONCE):
        found = _standing(candidates, client)
        if found is not None:
            return found
        before = candidates[-1].place
        beat()
    return 0


def _mark_last(*, after: int) -> int:
    """Mark the last transactions after a place that the chain had, or may have; one statement."""
    places = list(
        ChainTransaction.objects.filter(place__gt=after)
        .exclude(state=TransactionState.SIGNED)
        .order_by("-place")
        .values_list("place", flat=True)[:_MARK_AT_ONCE]
    )
    if not places:
        return 0
    return (
        ChainTransaction.objects.filter(place__gte=places[-1], place__gt=after)
        .exclude(state=TransactionState.SIGNED)
        .update(
            state=TransactionState.SIGNED,
            sent_at=None,
            block_number=None,
            block_hash="",
            gas_used=None,
            reverted=False,
            lines_refused=0,
            confirmed_at=None,
            rewinds=F("rewinds") + 1,
        )
    )


def _confirmed_before(place: int | None, *, limit: int) -> list[ChainTransaction]:
    """Confirmed transactions, latest first."""
    rows = ChainTransaction.objects.filter(state=TransactionState.CONFIRMED)
    if place is not None:
        rows = rows.filter(place__lt=place)
    return list(rows.only("place", "hash", "block_hash").order_by("-place")[:limit])


def _standing(candidates: list[ChainTransaction], client: ChainClient) -> int | None:
    """The place of the first candidate that is on the chain where we saw it."""
    receipts = client.receipts([stored.hash for stored in candidates])
    for stored, receipt in zip(candidates, receipts, strict=True):
        if receipt is not None and receipt.block_hash == stored.block_hash:
            return stored.place
    return None
