"""The one statement that writes journal entries: each with its postings, its settlement intent and
its lots, however many entries there are.

The database checks at the end of that statement that they agree, and refuses whatever is added to
an entry by a later one (``migrations/0005_entries_settle``).
"""

from __future__ import annotations

import functools
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection

from .domain import HOLDER_KINDS, PARTNER_KINDS, AccountKind, HolderKind, Operation
from .errors import (
    REFUSAL_OF_CONSTRAINT,
    PartnerAccountUnknown,
    WalletUnknown,
    violated_constraint,
)
from .lots import Taken

# Accounts are opened with their holder, so a posting without one means that nobody has this id.
_HOLDER_MISSING = frozenset({"posting_account_known", "intent_addresses_fit_operation"})


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written.

    ``taken`` and ``put_back``: what leaves lots and what returns to them; ``new_lot``: points and
    date of the lot that it opens.
    """

    entry_id: uuid.UUID
    operation: Operation
    wallet_id: uuid.UUID
    partner_id: uuid.UUID | None = None
    subject: uuid.UUID | None = None
    corrects: uuid.UUID | None = None
    taken: Sequence[Taken] = ()
    put_back: Sequence[Taken] = ()
    new_lot: tuple[int, datetime] | None = None

    def owner_of(self, kind: AccountKind) -> uuid.UUID | None:
        """Whose account a leg is on; the system's have no owner."""
        if kind in PARTNER_KINDS:
            return self.partner_id
        return self.wallet_id if kind in HOLDER_KINDS else None

    def address_of(self, holder: HolderKind | None) -> uuid.UUID | None:
        if holder is HolderKind.PARTNER:
            return self.partner_id
        return self.wallet_id if holder is HolderKind.CITIZEN else None


# Nobody else may touch the lots of these wallets until this transaction ends. Evaluated before any
# account is locked, because the postings wait for it; in the order of the keys.
_LOCKED = """
locked AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(key)
      FROM (SELECT key FROM unnest(%(locks)s::bigint[]) AS key ORDER BY key) AS keys
)"""
_ENTRY = """
entry AS (
    INSERT INTO ledger_journalentry (id, kind, wallet_id, subject, corrects_id)
    SELECT * FROM unnest(%(entries)s::uuid[], %(entry_kinds)s::text[], %(wallets)s::uuid[],
                         %(subjects)s::uuid[], %(corrects)s::uuid[])
)"""
_INTENT = """
intent AS (
    INSERT INTO ledger_settlementintent (entry_id, operation, from_address, to_address, points)
    SELECT asked.entry, asked.operation, giver.address, taker.address, asked.points
      FROM unnest(%(intent_entries)s::uuid[], %(intent_operations)s::text[],
                  %(intent_from)s::uuid[], %(intent_to)s::uuid[], %(intent_points)s::bigint[])
           WITH ORDINALITY AS asked (entry, operation, giver, taker, points, place)
      LEFT JOIN ledger_wallet AS giver ON giver.id = asked.giver
      LEFT JOIN ledger_wallet AS taker ON taker.id = asked.taker
     ORDER BY asked.place
)"""
_LOT = """
lot AS (
    INSERT INTO ledger_lot (entry_id, wallet_id, points, remaining_points, expires_at)
    SELECT entry, wallet, points, points, expires_at
      FROM unnest(%(lot_entries)s::uuid[], %(lot_wallets)s::uuid[], %(lot_points)s::bigint[],
                  %(lot_expiries)s::timestamptz[]) AS lot (entry, wallet, points, expires_at)
)"""
_MOVEMENT = """
movement AS (
    INSERT INTO ledger_lotmovement (entry_id, lot_id, points)
    SELECT * FROM unnest(%(movement_entries)s::uuid[], %(movement_lots)s::bigint[],
                         %(movement_points)s::bigint[])
)"""
# The accounts are found by kind, then locked in the order of their ids (the trigger on posting
# updates each row as it is inserted), so that two statements can't wait for each other.
_POSTINGS = """
INSERT INTO ledger_posting (entry_id, account_id, points)
SELECT leg.entry, account.id, leg.points
  FROM unnest(%(leg_entries)s::uuid[], %(leg_kinds)s::text[], %(leg_wallets)s::uuid[],
              %(leg_points)s::bigint[]) AS leg (entry, kind, wallet, points)
  LEFT JOIN ledger_account AS account
    ON account.wallet_id = leg.wallet AND account.kind = leg.kind
 {wait}
 UNION ALL
SELECT leg.entry, account.id, leg.points
  FROM unnest(%(system_entries)s::uuid[], %(system_kinds)s::text[], %(system_points)s::bigint[])
       AS leg (entry, kind, points)
  JOIN ledger_account AS account
    ON account.kind = leg.kind AND account.shard = %(shard)s
 {wait}
 ORDER BY 2, 1
"""
_WAIT = "WHERE (SELECT count(*) FROM locked) >= 0"


def entries_write(drafts: Sequence[Draft], *, shard: int, lock: bool = False) -> None:
    """Write the entries in one statement; ``shard`` is where all of them post on the system's side.

    ``lock``: take the wallets' locks (see ``wallets_lock``) within it.  Two statements of one
    transaction use the same shard, or they could wait for those of another one in a circle.

    Raises ``WalletUnknown``, ``PartnerAccountUnknown`` and what ``REFUSAL_OF_CONSTRAINT`` names;
    after any of them the transaction is unusable.
    """
    parameters = _parameters(drafts, shard=shard)
    if lock:
        parameters["locks"] = list({lock_key(draft.wallet_id) for draft in drafts})
    statement = _statement(
        lock=lock,
        intents=bool(parameters["intent_entries"]),
        lots=bool(parameters["lot_entries"]),
        movements=bool(parameters["movement_entries"]),
    )
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    except IntegrityError as error:
        constraint = violated_constraint(error) or ""
        if constraint in _HOLDER_MISSING:
            earned = any(draft.operation.change_of(*PARTNER_KINDS) for draft in drafts)
            raise (PartnerAccountUnknown if earned else WalletUnknown) from error
        if refusal := REFUSAL_OF_CONSTRAINT.get(constraint):
            raise refusal from error
        raise


def wallets_lock(*wallet_ids: uuid.UUID) -> None:
    """Wait until nobody else spends from these wallets, and keep others out until the commit.

    Taken once in a transaction, before anything else of the ledger: what is read afterwards is what
    the others left.
    """
    keys = sorted({lock_key(wallet_id) for wallet_id in wallet_ids})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(key) FROM unnest(%s::bigint[]) AS key", [keys])


def lock_key(wallet_id: uuid.UUID) -> int:
    """The wallet's advisory lock: its last 64 bits, signed."""
    return int.from_bytes(wallet_id.bytes[8:], signed=True)


@functools.cache
def _statement(*, lock: bool, intents: bool, lots: bool, movements: bool) -> str:
    parts = [
        *([_LOCKED] if lock else []),
        _ENTRY,
        *([_INTENT] if intents else []),
        *([_LOT] if lots else []),
        *([_MOVEMENT] if movements else []),
    ]
    return f"WITH {','.join(parts)} {_POSTINGS.format(wait=_WAIT if lock else '')}"


def _parameters(drafts: Sequence[Draft], *, shard: int) -> dict[str, Any]:
    """The columns of everything that is inserted, one list each."""
    legs = [(draft, leg) for draft in drafts for leg in draft.operation.legs]
    held = [(draft, leg) for draft, leg in legs if leg.kind in HOLDER_KINDS]
    system = [(draft, leg) for draft, leg in legs if leg.kind not in HOLDER_KINDS]
    settled = [(draft, asked) for draft in drafts if (asked := draft.operation.settles)]
    lots = [(draft, *draft.new_lot) for draft in drafts if draft.new_lot]
    moved = [
        *[(draft.entry_id, part.lot, -part.points) for draft in drafts for part in draft.taken],
        *[(draft.entry_id, part.lot, part.points) for draft in drafts for part in draft.put_back],
    ]
    return {
        "shard": shard,
        "entries": [draft.entry_id for draft in drafts],
        "entry_kinds": [draft.operation.kind.value for draft in drafts],
        "wallets": [draft.wallet_id for draft in drafts],
        "subjects": [draft.subject for draft in drafts],
        "corrects": [draft.corrects for draft in drafts],
        "leg_entries": [draft.entry_id for draft, _ in held],
        "leg_kinds": [leg.kind.value for _, leg in held],
        "leg_wallets": [draft.owner_of(leg.kind) for draft, leg in held],
        "leg_points": [leg.points for _, leg in held],
        "system_entries": [draft.entry_id for draft, _ in system],
        "system_kinds": [leg.kind.value for _, leg in system],
        "system_points": [leg.points for _, leg in system],
        "intent_entries": [draft.entry_id for draft, _ in settled],
        "intent_operations": [asked.operation.value for _, asked in settled],
        "intent_from": [draft.address_of(asked.from_holder) for draft, asked in settled],
        "intent_to": [draft.address_of(asked.to_holder) for draft, asked in settled],
        "intent_points": [asked.points for _, asked in settled],
        "lot_entries": [draft.entry_id for draft, _, _ in lots],
        "lot_wallets": [draft.wallet_id for draft, _, _ in lots],
        "lot_points": [points for _, points, _ in lots],
        "lot_expiries": [expires_at for _, _, expires_at in lots],
        "movement_entries": [entry for entry, _, _ in moved],
        "movement_lots": [lot for _, lot, _ in moved],
        "movement_points": [points for _, _, points in moved],
    }
