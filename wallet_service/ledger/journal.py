"""Writing journal entries: each with its postings, its settlement intent and its lots, in one
statement, however many entries there are.

The database checks at the end of that statement that they agree, and refuses whatever is added to
an entry by a later one (``migrations/0005_entries_settle``).
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, connection

from .domain import HOLDER_KINDS, PARTNER_KINDS, AccountKind, HolderKind, Operation
from .errors import (
    REFUSAL_OF_CONSTRAINT,
    PartnerAccountUnknown,
    WalletUnknown,
    violated_constraint,
)
from .journal_sql import Alongside, entry_statement
from .lots import Taken

# Accounts are opened with their holder, so a posting without one means that nobody has this id.
_HOLDER_MISSING: Final = frozenset({"posting_account_known", "intent_addresses_fit_operation"})


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

    def holder(self, kind: HolderKind | None) -> uuid.UUID | None:
        """Who gives or takes points on the chain."""
        if kind is HolderKind.PARTNER:
            return self.partner_id
        return self.wallet_id if kind is HolderKind.CITIZEN else None


def entries_write(
    drafts: Sequence[Draft],
    *,
    shard: int,
    lock: bool = False,
    alongside: Alongside | None = None,
) -> tuple[Any, ...]:
    """Write the entries in one statement; ``shard`` is where all of them post on the system's side.

    ``lock``: take the wallets' locks (see ``wallets_lock``) within it.  Two statements of one
    transaction use the same shard, or they could wait for those of another one in a circle.
    ``alongside``: rows of the caller's in the same statement; returns what it selects from them.

    Raises ``WalletUnknown``, ``PartnerAccountUnknown`` and what ``REFUSAL_OF_CONSTRAINT`` names;
    after any of them the transaction is unusable.
    """
    locks = [lock_key(wallet) for wallet in {draft.wallet_id for draft in drafts}] if lock else []
    statement, parameters = entry_statement(drafts, shard=shard, locks=locks, alongside=alongside)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return tuple(cursor.fetchone()) if alongside else ()
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
