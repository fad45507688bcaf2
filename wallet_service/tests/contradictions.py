"""Rows of the ledger that contradict each other: none may ever be found."""

from __future__ import annotations

from typing import Final

from django.db import connection

_QUERIES: Final = {
    "sum of all accounts": """
        SELECT sum(balance_points) FROM ledger_account HAVING sum(balance_points) <> 0""",
    "entries that do not balance": """
        SELECT entry_id FROM ledger_posting GROUP BY entry_id HAVING sum(points) <> 0""",
    "holders below zero": """
        SELECT id FROM ledger_account WHERE wallet_id IS NOT NULL AND balance_points < 0""",
    "accounts that are not the sum of their postings": """
        SELECT account.id FROM ledger_account AS account
          LEFT JOIN ledger_posting AS posting ON posting.account_id = account.id
         GROUP BY account.id, account.balance_points
        HAVING account.balance_points <> coalesce(sum(posting.points), 0)""",
    "lots that are not what was put in and taken out": """
        SELECT lot.id FROM ledger_lot AS lot
          LEFT JOIN ledger_lotmovement AS movement ON movement.lot_id = lot.id
         GROUP BY lot.id, lot.points, lot.remaining_points
        HAVING lot.remaining_points <> lot.points + coalesce(sum(movement.points), 0)
            OR lot.remaining_points NOT BETWEEN 0 AND lot.points""",
    "wallets whose lots are not what is available": """
        SELECT account.wallet_id FROM ledger_account AS account
          LEFT JOIN ledger_lot AS lot ON lot.wallet_id = account.wallet_id
         WHERE account.kind = 'wallet_available'
         GROUP BY account.wallet_id, account.balance_points
        HAVING account.balance_points <> coalesce(sum(lot.remaining_points), 0)""",
    "numbers that are not dense": """
        SELECT number FROM (SELECT number, row_number() OVER (ORDER BY number) - 1 AS place
                              FROM settlement_settlementline) AS line
         WHERE number <> place""",
}


def contradictions() -> dict[str, list[tuple[object, ...]]]:
    """What contradicts itself → the rows that show it."""
    found: dict[str, list[tuple[object, ...]]] = {}
    for name, query in _QUERIES.items():
        with connection.cursor() as cursor:
            cursor.execute(query)
            rows = cursor.fetchall()
        if rows:
            found[name] = rows
    return found


_OUT_OF_TIME = """
SELECT coalesce(-sum(movement.points), 0)
  FROM ledger_journalentry AS hold
  JOIN ledger_lotmovement AS movement ON movement.entry_id = hold.id
  JOIN ledger_lot AS lot ON lot.id = movement.lot_id AND lot.expires_at <= now()
  JOIN ledger_lotnotice AS announced ON announced.lot_id = lot.id
  JOIN ledger_expirynotice AS notice
    ON notice.id = announced.notice_id AND notice.acknowledged_at <= now() - interval '720 hours'
 WHERE hold.kind = 'redemption_held' AND hold.subject = %s
"""


def points_out_of_time(redemption_id: str) -> int:
    """Points held for this voucher that expire as soon as they come back."""
    with connection.cursor() as cursor:
        cursor.execute(_OUT_OF_TIME, [redemption_id])
        return int(cursor.fetchone()[0])
