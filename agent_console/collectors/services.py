"""Taking in what a collector sends.  Linking cards is in ``linking``, rewards in ``rewarding``."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from . import queue
from .cards import last4, number_digest
from .models import Card, Deposit, DepositState
from .schemas import DepositIn


@dataclass(frozen=True)
class Receipt:
    """How many deposits are new, how many were known, and which came again with other content."""

    accepted: int
    duplicates: int
    conflicts: tuple[str, ...]


@transaction.atomic
def deposits_receive(*, collector: str, deposits: Sequence[DepositIn]) -> Receipt:
    """Store a batch of deposits, each once per (collector, id), with the job that rewards them.

    ONE transaction holds the cards seen for the first time, every deposit and the job: after a
    crash either all of it is there, or nothing is and the collector, who got no answer, sends it
    again.  A deposit whose card is nobody's waits until the card is linked; the cards' rows are
    locked, so linking at the same moment misses none.  What was received first stands: the same
    id with other content changes nothing and is named in ``conflicts``.
    """
    cards = _cards_locked(collector, {deposit.card for deposit in deposits})
    # In one order, so that two batches at once can't wait for each other.
    ordered = sorted(deposits, key=lambda deposit: deposit.id)
    rows = [_row(collector, deposit, cards[deposit.card]) for deposit in ordered]
    Deposit.objects.bulk_create(rows, ignore_conflicts=True)
    stored = {
        deposit.external_id: deposit
        for deposit in Deposit.objects.filter(
            collector=collector, external_id__in=[row.external_id for row in rows]
        )
    }
    new = {row.id for row in rows} & {deposit.id for deposit in stored.values()}
    conflicts = {
        row.external_id for row in rows if _content(row) != _content(stored[row.external_id])
    }
    if any(row.id in new and row.state == DepositState.DUE for row in rows):
        queue.enqueue_rewards()
    repeats = [row for row in rows if row.id not in new and row.external_id not in conflicts]
    return Receipt(accepted=len(new), duplicates=len(repeats), conflicts=tuple(sorted(conflicts)))


def _cards_locked(collector: str, numbers: set[str]) -> dict[str, Card]:
    """The cards by number, made on first sight, locked in one order until the commit."""
    digests = {number_digest(collector=collector, number=number): number for number in numbers}
    Card.objects.bulk_create(
        [
            Card(collector=collector, number_digest=digest, last4=last4(number))
            for digest, number in sorted(digests.items())
        ],
        ignore_conflicts=True,
    )
    cards = (
        Card.objects.select_for_update()
        .filter(collector=collector, number_digest__in=list(digests))
        .order_by("number_digest")
    )
    return {digests[bytes(card.number_digest)]: card for card in cards}


def _row(collector: str, deposit: DepositIn, card: Card) -> Deposit:
    return Deposit(
        id=uuid.uuid4(),
        collector=collector,
        external_id=deposit.id,
        card=card,
        items=deposit.items,
        happened_at=deposit.happened_at,
        site=deposit.site,
        state=DepositState.DUE if card.resident_id else DepositState.WAITING_CARD,
        resident_id=card.resident_id,
        due_at=timezone.now() if card.resident_id else None,
    )


def _content(deposit: Deposit) -> tuple[object, ...]:
    return (deposit.card_id, deposit.items, deposit.happened_at, deposit.site)
