"""Reads of the ledger: balances and a wallet's statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Sum

from .domain import SYSTEM_KINDS, AccountKind, HolderKind
from .errors import EntryUnknown, PartnerAccountUnknown, WalletUnknown
from .lots import OpenLot, Taken
from .models import Account, JournalEntry, Lot, LotMovement, Wallet


@dataclass(frozen=True, slots=True)
class Balances:
    """Points of one wallet by account; none is ever negative.

    ``recoverable_points`` are owed: taken as soon as there are points again.
    """

    available_points: int
    pending_points: int
    held_points: int
    recoverable_points: int


@dataclass(frozen=True, slots=True)
class ExpiringPoints:
    """Spendable points that expire together."""

    points: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Totals:
    """Points of the whole system, by what became of them.

    ``circulating_points`` were issued and neither expired nor reimbursed yet: citizens' spendable
    and held ones and what partners have earned.  ``pending_points`` wait for a check.
    """

    circulating_points: int
    pending_points: int
    expired_points: int
    reimbursed_points: int
    recoverable_points: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One entry as a wallet's statement shows it.

    ``points`` is the change of the available balance; for an entry that leaves it alone, of the
    pending one, or else of the held one (a captured voucher).  ``available_after`` is the available
    balance once the entry was posted.
    """

    entry_id: uuid.UUID
    kind: str
    points: int
    available_after: int
    subject: uuid.UUID | None
    created_at: datetime


# The last line of the available account at or before each entry gives ``available_after``.
_STATEMENT = """
SELECT entry.id, entry.kind, coalesce(available.points, other.points, 0),
       coalesce(available.balance_after, earlier.balance_after, 0),
       entry.subject, entry.created_at
  FROM (SELECT * FROM ledger_journalentry
         WHERE wallet_id = %(wallet)s AND (%(before)s::uuid IS NULL OR id < %(before)s::uuid)
         ORDER BY id DESC LIMIT %(limit)s) AS entry
  JOIN ledger_account AS account
    ON account.wallet_id = entry.wallet_id AND account.kind = 'wallet_available'
  LEFT JOIN ledger_posting AS available
    ON available.entry_id = entry.id AND available.account_id = account.id
  LEFT JOIN LATERAL (SELECT posting.points
                       FROM ledger_posting AS posting
                       JOIN ledger_account AS moved ON moved.id = posting.account_id
                      WHERE posting.entry_id = entry.id AND moved.wallet_id = entry.wallet_id
                        AND moved.kind IN ('wallet_pending', 'wallet_held')) AS other
    ON available.id IS NULL
  LEFT JOIN LATERAL (SELECT balance_after FROM ledger_posting
                      WHERE account_id = account.id AND entry_id < entry.id
                      ORDER BY account_sequence DESC LIMIT 1) AS earlier
    ON available.id IS NULL
 ORDER BY entry.id DESC
"""

_OWED = """
SELECT wallet_id, balance_points FROM ledger_account
 WHERE wallet_id = ANY(%s::uuid[]) AND kind = 'wallet_recoverable' AND balance_points > 0
"""


def wallet_get(*, wallet_id: uuid.UUID) -> Wallet:
    """The citizen's wallet.  Raises ``WalletUnknown``."""
    wallet = Wallet.objects.filter(id=wallet_id, holder=HolderKind.CITIZEN).first()
    if wallet is None:
        raise WalletUnknown
    return wallet


def balances_of(*, wallet: Wallet) -> Balances:
    """The wallet's own balances, read in one statement and therefore of one moment."""
    return balances_together(wallet_ids=[wallet.pk])


def balances_together(*, wallet_ids: Collection[uuid.UUID]) -> Balances:
    """What these wallets have together, of one moment."""
    accounts = Account.objects.filter(wallet_id__in=wallet_ids).values_list("kind")
    points = dict(accounts.annotate(points=Sum("balance_points")))
    return Balances(
        available_points=points[AccountKind.WALLET_AVAILABLE],
        pending_points=points[AccountKind.WALLET_PENDING],
        held_points=points[AccountKind.WALLET_HELD],
        recoverable_points=points[AccountKind.WALLET_RECOVERABLE],
    )


def earned_points(*, partner_id: uuid.UUID) -> int:
    """What a partner has earned and not been reimbursed for.  Raises ``PartnerAccountUnknown``."""
    account = Account.objects.filter(wallet_id=partner_id, kind=AccountKind.PARTNER_EARNED).first()
    if account is None:
        raise PartnerAccountUnknown
    return account.balance_points


def lots_of(*, wallet: Wallet) -> list[ExpiringPoints]:
    """The wallet's spendable points by the date on which they expire, the next one first."""
    lots = (
        Lot.objects.filter(wallet=wallet, remaining_points__gt=0)
        .values("expires_at")
        .annotate(left=Sum("remaining_points"))
        .order_by("expires_at")
    )
    return [ExpiringPoints(lot["left"], lot["expires_at"]) for lot in lots]


def lots_open(*, wallet_id: uuid.UUID, points: int) -> list[OpenLot]:
    """Lots with something left, the oldest first, as many as ``points`` can be taken from.

    Of use only under the wallet's lock.
    """
    lots = Lot.objects.filter(wallet_id=wallet_id, remaining_points__gt=0)
    rows = lots.order_by("expires_at", "id").values_list("id", "remaining_points", "expires_at")
    # Every lot holds at least one point.
    return [OpenLot(*row) for row in rows[:points]]


def lots_taken_by(*, entry_id: uuid.UUID) -> list[Taken]:
    """What an entry took from which lots."""
    taken = LotMovement.objects.filter(entry_id=entry_id, points__lt=0).order_by("lot_id")
    return [Taken(lot, -points) for lot, points in taken.values_list("lot_id", "points")]


# Lots that came with a merge, also by way of further merges that were undone since.
_GIVEN_BY_MERGE = """
WITH RECURSIVE line AS (
    SELECT lot.id, lot.remaining_points, lot.expires_at, lot.entry_id
      FROM ledger_lot AS lot WHERE lot.wallet_id = %(wallet)s AND lot.remaining_points > 0
     UNION
    SELECT line.id, line.remaining_points, line.expires_at, earlier.entry_id
      FROM line
      JOIN ledger_journalentry AS given ON given.id = line.entry_id AND given.kind = 'merge_given'
      JOIN ledger_lotmovement AS movement ON movement.entry_id = given.corrects_id
      JOIN ledger_lot AS earlier ON earlier.id = movement.lot_id)
SELECT DISTINCT line.id, line.remaining_points, line.expires_at
  FROM line
  JOIN ledger_journalentry AS entry ON entry.id = line.entry_id
 WHERE entry.kind = 'merge_given' AND entry.subject = %(merge)s AND entry.wallet_id = %(wallet)s
 ORDER BY line.expires_at, line.id
"""
_FAMILY = """
WITH RECURSIVE family AS (
    SELECT %s::uuid AS id
     UNION
    SELECT merge.source_id FROM family
      JOIN ledger_walletmerge AS merge ON merge.target_id = family.id AND merge.undone_at IS NULL)
SELECT id FROM family
"""


def lots_given_by_merge(*, merge_id: uuid.UUID, wallet_id: uuid.UUID) -> list[OpenLot]:
    """What the wallet still has of what the merge gave it; of use only under its lock."""
    with connection.cursor() as cursor:
        cursor.execute(_GIVEN_BY_MERGE, {"merge": merge_id, "wallet": wallet_id})
        return [OpenLot(*row) for row in cursor.fetchall()]


def wallets_merged(*, wallet_id: uuid.UUID) -> list[uuid.UUID]:
    """The wallet, then those that are merged into it, directly or by another one."""
    with connection.cursor() as cursor:
        cursor.execute(_FAMILY, [wallet_id])
        found = [row[0] for row in cursor.fetchall()]
    return [wallet_id, *sorted(one for one in found if one != wallet_id)]


def points_owed(*, wallet_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Wallet → points that it owes, for those that owe any."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [list(wallet_ids)])
        return dict(cursor.fetchall())


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


def totals() -> Totals:
    """What became of all points, from the system's own accounts: however many wallets there are."""
    shards = Account.objects.filter(shard__isnull=False).values("kind")
    sums = dict(shards.annotate(total=Sum("balance_points")).values_list("kind", "total"))
    points = {kind: int(sums.get(kind, 0)) for kind in SYSTEM_KINDS}
    return Totals(
        circulating_points=-points[AccountKind.ISSUANCE]
        - points[AccountKind.EXPIRY]
        - points[AccountKind.SETTLEMENT],
        pending_points=-points[AccountKind.ISSUANCE_PENDING],
        expired_points=points[AccountKind.EXPIRY],
        reimbursed_points=points[AccountKind.SETTLEMENT],
        recoverable_points=-points[AccountKind.RECOVERABLE_CLAIMS],
    )


def circulation_points() -> int:
    """Points that somebody has or will have: circulating and pending ones."""
    found = totals()
    return found.circulating_points + found.pending_points
