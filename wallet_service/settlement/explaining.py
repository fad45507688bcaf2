"""Which entries explain that ledger and chain disagree, one by one.

A wallet's settled lines are matched with its ``Transfer`` events, transaction by transaction, and
its postings with its intents, entry by entry: what is left over on either side is the drift.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db import OperationalError, connection, transaction

from chain.client import ChainClient
from chain.codec import BATCH_DONE_TOPIC, TRANSFER_TOPIC, batch_done, refused_numbers, transfers

from .books import TamperedAccount
from .domain import DriftKind
from .facts import Drift, NamedDrift
from .models import ChainTransaction

_WALLETS_EXPLAINED: Final = 200
_NAMED_AT_MOST: Final = 2_000
_BLOCKS_AT_ONCE: Final = 5_000

# Settled lines of an address, up to a place: entry, number, transaction, points as the address saw.
_LINES: Final = """
SELECT intent.entry_id, line.number, sent.hash, sent.lines_refused > 0,
       CASE WHEN line.to_address = %(address)s THEN line.points ELSE -line.points END
  FROM settlement_settlementline line
  JOIN ledger_settlementintent intent ON intent.id = line.intent_id
  JOIN settlement_batch batch ON batch.id = line.batch_id
  JOIN settlement_chaintransaction sent ON sent.sequence = batch.settling_id
 WHERE (line.to_address = %(address)s OR line.from_address = %(address)s)
   AND sent.place <= %(place)s
 ORDER BY line.number
"""
# Entries of which the ledger moved other points of the wallet than its intent says.
_UNSETTLED: Final = """
SELECT entry, coalesce(moved.points, 0) - coalesce(meant.points, 0)
  FROM (SELECT posting.entry_id AS entry, sum(posting.points) AS points
          FROM ledger_account account JOIN ledger_posting posting ON posting.account_id = account.id
         WHERE account.wallet_id = %(wallet)s
           AND account.kind IN ('wallet_available', 'wallet_held', 'partner_earned')
         GROUP BY posting.entry_id) AS moved
  FULL JOIN
       (SELECT entry_id AS entry, sum(points) AS points
          FROM (SELECT intent.entry_id, line.points
                  FROM settlement_settlementline line
                  JOIN ledger_settlementintent intent ON intent.id = line.intent_id
                 WHERE line.to_address = %(address)s
                 UNION ALL
                SELECT intent.entry_id, -line.points
                  FROM settlement_settlementline line
                  JOIN ledger_settlementintent intent ON intent.id = line.intent_id
                 WHERE line.from_address = %(address)s
                 UNION ALL
                SELECT entry_id, CASE WHEN to_address = %(address)s THEN points ELSE -points END
                  FROM ledger_settlementintent
                 WHERE NOT batched AND %(address)s IN (to_address, from_address)) AS asked
         GROUP BY entry_id) AS meant USING (entry)
 WHERE coalesce(moved.points, 0) <> coalesce(meant.points, 0)
"""
# Points meant for, or taken from, an address that no wallet has.
_STRAY: Final = """
SELECT intent.entry_id, side.address, side.points
  FROM ledger_settlementintent intent
 CROSS JOIN LATERAL (VALUES (intent.to_address, intent.points),
                            (intent.from_address, -intent.points)) AS side (address, points)
 WHERE side.address IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM ledger_wallet WHERE address = side.address)
 LIMIT 100
"""


class Explaining:
    """Names the drifts of one comparison, at the block and place where it ended."""

    def __init__(self, *, client: ChainClient, contract: str, block: int, place: int) -> None:
        self._client = client
        self._contract = contract
        self._block = block
        self._place = place

    def all_of(
        self,
        *,
        drifts: Sequence[Drift],
        tampered: Sequence[TamperedAccount],
        books_match: bool,
        supply_matches: bool,
    ) -> tuple[NamedDrift, ...]:
        """Every difference, named as closely as it can be; empty when all agree.

        Raises ``ChainError`` kinds.
        """
        by_wallet = {drift.wallet_id: drift for drift in drifts}
        named = [
            NamedDrift.of(
                by_wallet.get(account.wallet_id) if account.wallet_id else None,
                kind=DriftKind.BALANCE_TAMPERED,
                points=account.points,
                wallet_id=account.wallet_id,
            )
            for account in tampered
        ]
        for index, drift in enumerate(drifts):
            found = list(self._wallet(drift)) if index < _WALLETS_EXPLAINED else []
            known = any(one.wallet_id == drift.wallet_id for one in named)
            named += found or ([] if known else [_unexplained(drift)])
        if not supply_matches:
            named += self._foreign() or [NamedDrift.of(None, kind=DriftKind.SUPPLY)]
        if not books_match and not tampered:
            named += _stray() or [NamedDrift.of(None, kind=DriftKind.BOOKS)]
        return tuple(named[:_NAMED_AT_MOST])

    def _wallet(self, drift: Drift) -> Iterator[NamedDrift]:
        if drift.settled_points != drift.chain_points:
            yield from self._against_chain(drift)
        if drift.ledger_points != drift.intended_points:
            for entry_id, points in _unsettled(drift):
                yield NamedDrift.of(
                    drift, kind=DriftKind.LEDGER_WITHOUT_INTENT, points=points, entry_id=entry_id
                )

    def _against_chain(self, drift: Drift) -> Iterator[NamedDrift]:
        """Lines without their ``Transfer``, then transfers without a line."""
        seen = Counter(self._transfers(drift.address))
        for entry_id, number, sent, refusals, points in _lines(drift.address, self._place):
            if seen[sent, points] > 0:
                seen[sent, points] -= 1
                continue
            refused = refusals and number in self._refused(sent)
            yield NamedDrift.of(
                drift,
                kind=DriftKind.REFUSED_ON_CHAIN if refused else DriftKind.MISSING_ON_CHAIN,
                points=-points,
                entry_id=entry_id,
                transaction_hash=sent,
            )
        for (sent, points), times in seen.items():
            for _ in range(times):
                yield NamedDrift.of(
                    drift,
                    kind=DriftKind.UNKNOWN_ON_CHAIN,
                    points=points,
                    transaction_hash=sent,
                )

    def _transfers(self, address: str) -> Iterator[tuple[str, int]]:
        """(transaction, points gained or lost) of each ``Transfer`` of the address."""
        word = "0x" + "0" * 24 + address[2:].lower()
        topic = "0x" + TRANSFER_TOPIC.hex()
        for topics, sign in (([topic, None, word], 1), ([topic, word], -1)):
            for log in self._logs(topics):
                (moved,) = transfers([log], contract=self._contract)
                yield str(log["transactionHash"]), sign * moved.points

    def _refused(self, transaction_hash: str) -> set[int]:
        (receipt,) = self._client.receipts([transaction_hash])
        logs = receipt.logs if receipt else ()
        return set(refused_numbers(logs, contract=self._contract))

    def _foreign(self) -> list[NamedDrift]:
        """Batches on the chain that the sequence does not hold."""
        named = []
        for log in self._logs(["0x" + BATCH_DONE_TOPIC.hex()]):
            sent = str(log["transactionHash"])
            done = batch_done([log], contract=self._contract)
            if done and not ChainTransaction.objects.filter(hash=sent).exists():
                named.append(
                    NamedDrift.of(
                        None,
                        kind=DriftKind.FOREIGN_TRANSACTION,
                        points=done.points,
                        transaction_hash=sent,
                    )
                )
        return named

    def _logs(self, topics: list[str | None] | list[str]) -> Iterator[dict[str, Any]]:
        for first in range(0, self._block + 1, _BLOCKS_AT_ONCE):
            yield from self._client.logs(
                self._contract,
                topics,
                first_block=first,
                last_block=min(first + _BLOCKS_AT_ONCE - 1, self._block),
            )


def _unexplained(drift: Drift) -> NamedDrift:
    points = (
        drift.chain_points - drift.settled_points or drift.ledger_points - drift.intended_points
    )
    return NamedDrift.of(drift, kind=DriftKind.UNEXPLAINED, points=points)


def _lines(address: str, place: int) -> list[tuple[uuid.UUID, int, str, bool, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, {"address": address, "place": place})
        return [(row[0], int(row[1]), str(row[2]), row[3], int(row[4])) for row in cursor]


def _unsettled(drift: Drift) -> list[tuple[uuid.UUID, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_UNSETTLED, {"wallet": drift.wallet_id, "address": drift.address})
        return [(row[0], int(row[1])) for row in cursor.fetchall()]


def _stray() -> list[NamedDrift]:
    """Reads the whole outbox, so it may time out: the sums show the difference all the same."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_STRAY)
            rows = cursor.fetchall()
    except OperationalError:
        return []
    return [
        NamedDrift.of(
            None,
            kind=DriftKind.ADDRESS_UNKNOWN,
            points=int(points),
            entry_id=entry_id,
            address=str(address),
        )
        for entry_id, address, points in rows
    ]
