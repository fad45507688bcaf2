"""Many rewards in one request: a handful of SQL statements and one transaction, whatever their
number, and an answer for each.

What is refused is left out before anything is written, so it hurts no other.  When another request
was faster than this one (the same key, or the same evidence), everything is rolled back and looked
at again; after a few times each reward is opened alone, which waits its turn.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from wallet_service.ledger.errors import IdempotencyConflict, Refusal
from wallet_service.ledger.idempotency import Answer, Request
from wallet_service.ledger.services import issuing_is_stopped

from .budgets import LockedBudgets
from .errors import BudgetExhausted
from .opening import Desk, Opening, opening_request, openings_write
from .services import reward_open
from .standing import Asked

_STORED = """
SELECT key, request_sha256, status, body::text FROM ledger_idempotencykey
 WHERE client = %(client)s AND key = ANY(%(keys)s::text[])
"""
MAX_ITEMS = 100
_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One reward asked for, with the caller's own key for it."""

    key: str
    asked: Asked


# What an item is told: the first answer to its key, or why nothing was written for it.
Result = Answer | Refusal


class _Overtaken(Exception):
    """Another request wrote what this one was about to write."""


def rewards_open(*, client: str, items: Sequence[BulkItem]) -> list[Result]:
    """Open up to ``MAX_ITEMS`` rewards; the results are in the order of the items.

    Each item is what ``reward_open`` makes of it alone, in the light of those before it: it has a
    key of its own, good for both, and refusals use no key.
    """
    if not items:
        return []
    for _ in range(_ATTEMPTS):
        try:
            with transaction.atomic(durable=True):
                return _Run(client, items).results()
        except _Overtaken:
            continue
    return [item_open(client, item) for item in items]


class _Run:
    """One attempt, in one transaction."""

    def __init__(self, client: str, items: Sequence[BulkItem]) -> None:
        asked = [item.asked for item in items]
        self._requests = [
            opening_request(client=client, key=item.key, asked=item.asked) for item in items
        ]
        self._desk = Desk(asked, at=timezone.now())
        # Looked up after the locks: of two equal requests the second finds the first one's answers.
        self._answers = _stored_answers(client, [item.key for item in items])
        self._budgets = LockedBudgets(
            standing.campaign_id
            for standing in self._desk.standings
            if standing.campaign_id is not None
        )
        self._issuing_stopped = cache(issuing_is_stopped)
        self._openings: list[tuple[Request, Opening]] = []

    def results(self) -> list[Result]:
        """Decide about every item, write what may be written, and tell each what it became."""
        results = [self._result(place, request) for place, request in enumerate(self._requests)]
        if self._openings:
            self._write()
        return results

    def _result(self, place: int, request: Request) -> Result:
        digest = request.sha256
        if known := self._answers.get(request.key):
            kept_digest, kept = known
            return kept if kept_digest == digest else IdempotencyConflict()
        try:
            opening = self._desk.decide(
                place, budget_take=self._take, issuing_stopped=self._issuing_stopped
            )
        except Refusal as refusal:
            return refusal
        self._openings.append((request, opening))
        self._answers[request.key] = (digest, opening.answer)
        return opening.answer

    def _take(self, campaign_id: int, reward_id: uuid.UUID, points: int) -> None:
        if not self._budgets.take(campaign_id, points):
            raise BudgetExhausted(self._budgets.remaining(campaign_id))

    def _write(self) -> None:
        self._budgets.write_back()
        if openings_write(self._openings) != (len(self._openings), len(self._openings)):
            raise _Overtaken


def _stored_answers(client: str, keys: Sequence[str]) -> dict[str, tuple[bytes, Answer]]:
    with connection.cursor() as cursor:
        cursor.execute(_STORED, {"client": client, "keys": list(set(keys))})
        return {
            key: (bytes(digest), Answer(status=status, body=json.loads(body), replayed=True))
            for key, digest, status, body in cursor.fetchall()
        }


def item_open(client: str, item: BulkItem) -> Result:
    """``reward_open``, with a refusal as a result."""
    asked = item.asked
    arguments: dict[str, Any] = {
        "wallet_id": asked.wallet_id,
        "rule_code": asked.rule_code,
        "evidence": asked.evidence,
        "channel": asked.channel,
        "quantity": asked.quantity,
        "signals": asked.signals,
    }
    try:
        return reward_open(client=client, key=item.key, **arguments)
    except Refusal as refusal:
        return refusal
