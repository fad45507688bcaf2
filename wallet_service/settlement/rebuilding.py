"""Replaying the stored transactions into an empty node, to rebuild it or to audit the journal."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from itertools import takewhile
from typing import Final

from chain.client import ChainClient, ChainUnavailable, Receipt

from .errors import SettlementError
from .models import ChainTransaction, Deployment
from .verification import receipt_check

_AT_ONCE: Final = 50
_RECEIPTS_WITHIN_S: Final = 60.0
_LOOK_AGAIN_S: Final = 0.05

Report = Callable[[int, int], None]
"""Called with (transactions replayed, transactions in all)."""


def chain_replay(*, client: ChainClient, report: Report) -> int:
    """Send every stored transaction in order, check what the node made of it; returns how many.

    Uses the same bytes and the same checks as the relayer, but writes nothing: it may run against a
    second, empty node while the installation works. What the node holds already is only checked, so
    an interrupted replay goes on.

    Raises ``SettlementError`` (nothing stored, other chain id), ``RelayerBlocked`` (a receipt is
    not what was signed for) and ``ChainError`` kinds.
    """
    deployment = Deployment.objects.order_by("id").first()
    if deployment is None:
        raise SettlementError("no deployment is stored: there is nothing to replay")
    if client.chain_id() != deployment.chain_id:
        raise SettlementError(f"the node is not chain {deployment.chain_id}")
    total = ChainTransaction.objects.count()
    done = place = 0
    while run := _next_run(after=place):
        for stored in run:
            client.send_raw(bytes(stored.raw))
        receipts = _receipts(client, [stored.hash for stored in run])
        for stored, receipt in zip(run, receipts, strict=True):
            receipt_check(stored=stored, receipt=receipt, client=client)
        place = run[-1].place
        done += len(run)
        report(done, total)
    return done


def _next_run(*, after: int) -> list[ChainTransaction]:
    """The next transactions of one sender: those of another wait until these are mined."""
    page = list(
        ChainTransaction.objects.filter(place__gt=after)
        .select_related("deployment", "batch", "supersedes")
        .order_by("place")[:_AT_ONCE]
    )
    return list(takewhile(lambda stored: stored.sender == page[0].sender, page))


def _receipts(client: ChainClient, hashes: Sequence[str]) -> list[Receipt]:
    deadline = time.monotonic() + _RECEIPTS_WITHIN_S
    while True:
        receipts = client.receipts(hashes)
        mined = [receipt for receipt in receipts if receipt is not None]
        if len(mined) == len(hashes):
            return mined
        if time.monotonic() > deadline:
            raise ChainUnavailable("the node does not mine what it was sent")
        time.sleep(_LOOK_AGAIN_S)  # the protocol has no event for a receipt over plain HTTP
