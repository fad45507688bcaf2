"""What the books say, read a page at a time: ledger, intents, signed lines, and their sums.

No statement here reads more than a page of wallets, or rows that have not been batched yet, so none
comes near the connection's statement time-out however many wallets there are.
"""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from .models import Batch

_BATCHES_AT_ONCE: Final = 20_000

# Per wallet: what the ledger says that the chain should hold (held points are still the citizen's
# there; what a partner has earned is on the partner's own address), what its intents add up to, and
# which part of that stands on the chain up to a place in the sequence.
_BOOKS: Final = """
WITH wallet AS (
    SELECT id, address FROM ledger_wallet WHERE address = ANY(%(addresses)s)
), ledger AS (
    SELECT wallet.address, sum(account.balance_points) AS points
      FROM wallet JOIN ledger_account account ON account.wallet_id = wallet.id
     WHERE account.kind IN ('wallet_available', 'wallet_held', 'partner_earned')
     GROUP BY wallet.address
), line AS (
    SELECT to_address AS address, points, batch_id
      FROM settlement_settlementline WHERE to_address = ANY(%(addresses)s)
     UNION ALL
    SELECT from_address, -points, batch_id
      FROM settlement_settlementline WHERE from_address = ANY(%(addresses)s)
), signed AS (
    SELECT line.address, sum(line.points) AS points,
           coalesce(sum(line.points) FILTER (WHERE sent.place <= %(place)s), 0) AS settled
      FROM line
      JOIN settlement_batch batch ON batch.id = line.batch_id
      JOIN settlement_chaintransaction sent ON sent.sequence = batch.settling_id
     GROUP BY line.address
), waiting AS (
    SELECT address, sum(points) AS points
      FROM (SELECT to_address AS address, points FROM ledger_settlementintent WHERE NOT batched
             UNION ALL
            SELECT from_address, -points FROM ledger_settlementintent WHERE NOT batched) AS intent
     WHERE address = ANY(%(addresses)s)
     GROUP BY address
)
SELECT address, coalesce(ledger.points, 0),
       coalesce(signed.points, 0) + coalesce(waiting.points, 0), coalesce(signed.settled, 0)
  FROM unnest(%(addresses)s::text[]) AS given (address)
  LEFT JOIN ledger USING (address)
  LEFT JOIN signed USING (address)
  LEFT JOIN waiting USING (address)
"""
# A balance is what its account's last posting left; anything else was written past the postings.
_TAMPERED: Final = """
SELECT account.wallet_id, account.kind, account.balance_points - coalesce(last.balance_after, 0)
  FROM ledger_account account
  LEFT JOIN LATERAL (
       SELECT balance_after, account_sequence FROM ledger_posting
        WHERE account_id = account.id ORDER BY account_sequence DESC LIMIT 1) AS last ON true
 WHERE {of_whom}
   AND (account.balance_points <> coalesce(last.balance_after, 0)
        OR account.posting_count <> coalesce(last.account_sequence, 0))
"""
_TAMPERED_WALLETS: Final = _TAMPERED.format(of_whom="account.wallet_id = ANY(%s)")
_TAMPERED_SYSTEM: Final = _TAMPERED.format(of_whom="account.wallet_id IS NULL")
# Every entry sums to zero, so what citizens and partners have on the chain is what the system's
# accounts gave, less what they took back. Two of those mirror what is not on the chain.
_SYSTEM_AND_LATEST: Final = """
SELECT (SELECT coalesce(-sum(balance_points), 0) FROM ledger_account
         WHERE wallet_id IS NULL AND kind NOT IN ('issuance_pending', 'recoverable_claims')),
       (SELECT coalesce(sum(CASE operation WHEN 'mint' THEN points
                                           WHEN 'burn' THEN -points ELSE 0 END), 0)
          FROM (SELECT operation, points FROM settlement_batch WHERE id > %(after)s
                 UNION ALL
                SELECT operation, points FROM ledger_settlementintent WHERE NOT batched) AS meant)
"""
_MINTED: Final = """
SELECT coalesce(sum(CASE batch.operation WHEN 'mint' THEN batch.points
                                         WHEN 'burn' THEN -batch.points ELSE 0 END), 0)
  FROM settlement_batch batch
  JOIN settlement_chaintransaction sent ON sent.sequence = batch.settling_id
 WHERE batch.id > %(after)s AND batch.id <= %(until)s
   AND sent.place <= coalesce(%(place)s::bigint, 9223372036854775807)
"""


@dataclass(frozen=True)
class TamperedAccount:
    """``points``: by how much its balance is above (or below) what its postings left."""

    wallet_id: uuid.UUID | None
    kind: str
    points: int


def wallets_after(address: str, *, limit: int) -> list[tuple[uuid.UUID, str]]:
    """The next page of wallets, id and address: the table is larger than memory should hold."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, address FROM ledger_wallet WHERE address > %s ORDER BY address LIMIT %s",
            [address, limit],
        )
        return [(row[0], str(row[1])) for row in cursor.fetchall()]


def books_of(addresses: Sequence[str], place: int) -> dict[str, tuple[int, int, int]]:
    """Address → (ledger, intended, settled) points, all of one moment: it is one statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_BOOKS, {"addresses": list(addresses), "place": place})
        return {
            str(address): (int(ledger), int(intended), int(settled))
            for address, ledger, intended, settled in cursor.fetchall()
        }


def books_of_some(place: int, *, limit: int) -> dict[str, int]:
    """Address → settled points up to a place, for some wallets drawn at random."""
    drawn = wallets_after("0x" + secrets.token_hex(20), limit=limit)
    if len(drawn) < limit:
        drawn += wallets_after("", limit=limit - len(drawn))
    addresses = list(dict.fromkeys(address for _, address in drawn))
    return {address: books[2] for address, books in books_of(addresses, place).items()}


def tampered_accounts(wallet_ids: Sequence[uuid.UUID] | None) -> list[TamperedAccount]:
    """Accounts of these wallets (None: the system's) whose balance their postings do not give."""
    with connection.cursor() as cursor:
        if wallet_ids is None:
            cursor.execute(_TAMPERED_SYSTEM)
        else:
            cursor.execute(_TAMPERED_WALLETS, [list(wallet_ids)])
        return [TamperedAccount(row[0], str(row[1]), int(row[2])) for row in cursor.fetchall()]


def books_match() -> bool:
    """Whether what the system's accounts gave is what was meant for the chain, whoever it is for.

    Batches are never changed but in who settles them, so their sum up to one of them is the same
    whenever it is read; only what came after is read together with the accounts.
    """
    until = Batch.objects.aggregate(last=Max("id"))["last"] or 0
    earlier = _minted(until, place=None)
    with connection.cursor() as cursor:
        cursor.execute(_SYSTEM_AND_LATEST, {"after": until})  # one statement, hence of one moment
        row = cursor.fetchone()
    return int(row[0]) == earlier + int(row[1])


def supply_until(place: int) -> int:
    """Points minted and not burnt by what the sequence holds up to a place."""
    return _minted(Batch.objects.aggregate(last=Max("id"))["last"] or 0, place=place)


def _minted(until: int, *, place: int | None) -> int:
    total = 0
    for after in range(0, until, _BATCHES_AT_ONCE):
        last = min(after + _BATCHES_AT_ONCE, until)
        with connection.cursor() as cursor:
            cursor.execute(_MINTED, {"after": after, "until": last, "place": place})
            row = cursor.fetchone()
        total += int(row[0])
    return total
