"""Writes of the ledger: opening wallets and posting entries."""

from __future__ import annotations

import os
import uuid

from django.db import IntegrityError, connection, transaction
from eth_utils.address import to_checksum_address

from .domain import WALLET_KINDS, Operation, SettlementOperation, shard_of
from .errors import InsufficientPoints, WalletUnknown, violated_constraint
from .identifiers import time_ordered_uuid
from .models import Account, Wallet

# One statement, one round trip: the entry, what settles it, and its postings.  The accounts are
# found by kind, then locked in the order of their ids (the trigger on posting updates each row as
# it is inserted), so that two entries can't wait for each other.
_ENTRY = """
entry AS (
    INSERT INTO ledger_journalentry (id, kind, wallet_id, subject, corrects_id)
    VALUES (%(entry)s, %(kind)s, %(wallet)s, %(subject)s, %(corrects)s)
)
"""
_MINT = """
intent AS (
    INSERT INTO ledger_settlementintent (entry_id, operation, to_address, points)
    SELECT %(entry)s, 'mint', address, %(settled)s FROM ledger_wallet WHERE id = %(wallet)s
)
"""
_POSTINGS = """
INSERT INTO ledger_posting (entry_id, account_id, points)
SELECT %(entry)s, side.id, side.points
  FROM (SELECT account.id, leg.points
          FROM unnest(%(kinds)s::text[], %(points)s::bigint[]) AS leg (kind, points)
          JOIN ledger_account AS account
            ON account.wallet_id = %(wallet)s AND account.kind = leg.kind
         UNION ALL
        SELECT account.id, leg.points
          FROM unnest(%(kinds)s::text[], %(points)s::bigint[]) AS leg (kind, points)
          JOIN ledger_account AS account
            ON account.shard = %(shard)s AND account.kind = leg.kind) AS side
 ORDER BY side.id
"""
_OFF_CHAIN = f"WITH {_ENTRY} {_POSTINGS}"
_WITH_INTENT = {SettlementOperation.MINT: f"WITH {_ENTRY}, {_MINT} {_POSTINGS}"}


def wallet_open(*, wallet_id: uuid.UUID) -> tuple[Wallet, bool]:
    """The wallet with this id and whether it was created now, with a random address.

    The id is the idempotency key.  Wallet and accounts are one transaction: a crash leaves both or
    neither, and of two concurrent calls one creates and the other waits, then finds.
    """
    address = to_checksum_address(os.urandom(20))
    with transaction.atomic():
        wallet, created = Wallet.objects.get_or_create(id=wallet_id, defaults={"address": address})
        if created:
            Account.objects.bulk_create(
                [Account(kind=kind, wallet=wallet) for kind in WALLET_KINDS]
            )
            wallet.refresh_from_db(fields=["created_at"])
    return wallet, created


def entry_post(
    *,
    operation: Operation,
    wallet_id: uuid.UUID,
    subject: uuid.UUID | None = None,
    corrects: uuid.UUID | None = None,
    entry_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write ``operation`` for the wallet into the journal and return the entry's id.

    Call it last in the transaction that holds its business row: the system account's row stays
    locked from here to the commit.  The settlement intent is part of the same statement, so an
    entry that must settle can't be committed without it.

    Raises ``WalletUnknown`` and ``InsufficientPoints``; the transaction is unusable afterwards.
    """
    entry = entry_id or time_ordered_uuid()
    settles = operation.settles
    statement = _WITH_INTENT[settles.operation] if settles else _OFF_CHAIN
    parameters = {
        "entry": entry,
        "kind": operation.kind.value,
        "wallet": wallet_id,
        "subject": subject,
        "corrects": corrects,
        "settled": settles.points if settles else None,
        "kinds": [leg.kind.value for leg in operation.legs],
        "points": [leg.points for leg in operation.legs],
        "shard": shard_of(entry),
    }
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            posted = cursor.rowcount
    except IntegrityError as error:
        if violated_constraint(error) == "account_wallet_not_negative":
            raise InsufficientPoints from error
        raise
    if posted != len(operation.legs):
        # Accounts are opened with their wallet, so a missing one means that the wallet is missing.
        raise WalletUnknown
    return entry
