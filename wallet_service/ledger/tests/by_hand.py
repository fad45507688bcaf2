"""Entries written as somebody would who goes round the services: what the database must refuse."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.models import Account, Wallet

LATER = datetime(2040, 1, 1, tzinfo=UTC)


class Intent(NamedTuple):
    """What is asked of the chain."""

    operation: str
    points: int
    giver: str | None = None
    taker: str | None = None


class NewLot(NamedTuple):
    wallet: Wallet
    points: int


class Movement(NamedTuple):
    lot: int
    points: int


_WHOLE = """
WITH entry AS (
    INSERT INTO ledger_journalentry (id, kind, wallet_id, corrects_id)
    VALUES (%(entry)s, %(kind)s, %(wallet)s, %(corrects)s)
), intent AS (
    INSERT INTO ledger_settlementintent (entry_id, operation, from_address, to_address, points)
    SELECT %(entry)s, * FROM unnest(%(operations)s::text[], %(givers)s::text[], %(takers)s::text[],
                                    %(asked)s::bigint[])
), lot AS (
    INSERT INTO ledger_lot (entry_id, wallet_id, points, remaining_points, expires_at)
    SELECT %(entry)s, wallet, points, points, %(later)s
      FROM unnest(%(lot_wallets)s::uuid[], %(lot_points)s::bigint[]) AS lot (wallet, points)
), movement AS (
    INSERT INTO ledger_lotmovement (entry_id, lot_id, points)
    SELECT %(entry)s, * FROM unnest(%(lots)s::bigint[], %(moved)s::bigint[])
)
INSERT INTO ledger_posting (entry_id, account_id, points)
SELECT %(entry)s, * FROM unnest(%(accounts)s::bigint[], %(points)s::bigint[])
"""


def account_of(kind: AccountKind, wallet: Wallet | None = None) -> Account:
    """The wallet's account, or the system's first shard."""
    if wallet is None:
        return Account.objects.get(kind=kind, shard=0)
    return Account.objects.get(kind=kind, wallet=wallet)


def write(
    kind: str,
    wallet: Wallet | None,
    sides: Sequence[tuple[Account, int]],
    *,
    intents: Sequence[Intent] = (),
    lots: Sequence[NewLot] = (),
    movements: Sequence[Movement] = (),
    corrects: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write an entry with exactly these parts, in one statement."""
    entry = time_ordered_uuid()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            _WHOLE,
            {
                "entry": entry,
                "kind": kind,
                "wallet": wallet.id if wallet else None,
                "corrects": corrects,
                "operations": [intent.operation for intent in intents],
                "givers": [intent.giver for intent in intents],
                "takers": [intent.taker for intent in intents],
                "asked": [intent.points for intent in intents],
                "lot_wallets": [lot.wallet.id for lot in lots],
                "lot_points": [lot.points for lot in lots],
                "later": LATER,
                "lots": [movement.lot for movement in movements],
                "moved": [movement.points for movement in movements],
                "accounts": [account.id for account, _ in sides],
                "points": [points for _, points in sides],
            },
        )
    return entry


def execute(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)
