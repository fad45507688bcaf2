"""Reads of the ledger: balances and a wallet's statement."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from .domain import AccountKind
from .errors import EntryUnknown, WalletUnknown
from .models import Account, JournalEntry, Wallet


@dataclass(frozen=True, slots=True)
class Balances:
    """Points of one wallet by account; none is ever negative."""

    available_points: int
    pending_points: int
    held_points: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry as a wallet's statement shows it.

    ``points`` is the change of the available balance, or, for an entry that leaves it alone, of
    the pending one; ``available_after`` the available balance once the entry was posted.
    """

    entry_id: uuid.UUID
    kind: str
    points: int
    available_after: int
    subject: uuid.UUID | None
    created_at: datetime


# The last line of the available account at or before each entry gives ``available_after``.
_STATEMENT = """
SELECT entry.id, entry.kind, coalesce(available.points, pending.points, 0),
       coalesce(available.balance_after, earlier.balance_after, 0),
       entry.subject, entry.created_at
  FROM (SELECT * FROM ledger_journalentry
         WHERE wallet_id = %(wallet)s AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
         ORDER BY id DESC LIMIT %(limit)s) AS entry
  JOIN ledger_account AS account
    ON account.wallet_id = entry.wallet_id AND account.kind = 'wallet_available'
  JOIN ledger_account AS pending_account
    ON pending_account.wallet_id = entry.wallet_id AND pending_account.kind = 'wallet_pending'
  LEFT JOIN ledger_posting AS available
    ON available.entry_id = entry.id AND available.account_id = account.id
  LEFT JOIN ledger_posting AS pending
    ON pending.entry_id = entry.id AND pending.account_id = pending_account.id
  LEFT JOIN LATERAL (SELECT balance_after FROM ledger_posting
                      WHERE account_id = account.id AND entry_id < entry.id
                      ORDER BY account_sequence DESC LIMIT 1) AS earlier
    ON available.id IS NULL
 ORDER BY entry.id DESC
"""


def wallet_get(*, wallet_id: uuid.UUID) -> Wallet:
    """The wallet.  Raises ``WalletUnknown``."""
    wallet = Wallet.objects.filter(id=wallet_id).first()
    if wallet is None:
        raise WalletUnknown
    return wallet


def balances_of(*, wallet: Wallet) -> Balances:
    """The wallet's balances, read in one statement and therefore of one moment."""
    points = dict(Account.objects.filter(wallet=wallet).values_list("kind", "balance_points"))
    return Balances(
        available_points=points[AccountKind.WALLET_AVAILABLE],
        pending_points=points[AccountKind.WALLET_PENDING],
        held_points=points[AccountKind.WALLET_HELD],
    )


def statement_page(*, wallet: Wallet, before: uuid.UUID | None, limit: int) -> list[StatementLine]:
    """At most ``limit`` entries of the wallet, newest first, older than the entry ``before``."""
    with connection.cursor() as cursor:
        cursor.execute(_STATEMENT, {"wallet": wallet.id, "before": before, "limit": limit})
        return [StatementLine(*row) for row in cursor.fetchall()]


def settling_entry_ids(*, wallet: Wallet, before: uuid.UUID | None, limit: int) -> list[uuid.UUID]:
    """Entries of the wallet that the relayer has put into a batch, newest first."""
    entries = JournalEntry.objects.filter(wallet=wallet, settlement_intent__batched=True)
    if before is not None:
        entries = entries.filter(id__lt=before)
    return list(entries.order_by("-id").values_list("id", flat=True)[:limit])


def entry_get(*, entry_id: uuid.UUID) -> JournalEntry:
    """The journal entry.  Raises ``EntryUnknown``."""
    entry = JournalEntry.objects.filter(id=entry_id).first()
    if entry is None:
        raise EntryUnknown
    return entry


def sum_of_all_balances() -> int:
    """The sum over all accounts; anything but 0 means that somebody tampered with the ledger."""
    return int(Account.objects.aggregate(total=Sum("balance_points"))["total"] or 0)
