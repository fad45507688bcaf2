"""Posting entries that leave the spendable balance alone, or add to it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from ..domain import (
    Operation,
    shard_of,
    statement_closed,
)
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write
from ..journal_sql import Alongside
from ..lots import expiry_of_credit
from .recovering import owed_recover


@dataclass(frozen=True, slots=True)
class EntryRequest:
    """An entry to post with others: see ``entries_post``."""

    operation: Operation
    wallet_id: uuid.UUID
    subject: uuid.UUID | None = None
    entry_id: uuid.UUID | None = None


def entry_post(
    *,
    operation: Operation,
    wallet_id: uuid.UUID,
    partner_id: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
    corrects: uuid.UUID | None = None,
    entry_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Write ``operation`` for the wallet into the journal and return the entry's id.

    For operations that leave the spendable balance alone or add to it; those that take from it have
    services of their own, because they choose lots.  A credit opens its lot, and what the wallet
    owes is recovered in the same transaction.

    Call it last in the transaction that holds its business row: the system account's row stays
    locked from here to the commit.  The settlement intent and the lot are part of the same
    statement, so an entry can't be committed without them.

    Raises ``WalletUnknown``, ``PartnerAccountUnknown``, ``InsufficientPoints`` (an account other
    than the spendable one has too few), ``IssuingStopped``; the transaction is unusable afterwards.
    """
    entry = entry_id or time_ordered_uuid()
    _post(
        [
            Draft(
                entry_id=entry,
                operation=operation,
                wallet_id=wallet_id,
                partner_id=partner_id,
                subject=subject,
                corrects=corrects,
                new_lot=_lot_of(operation),
            )
        ]
    )
    return entry


def entries_post(
    *, postings: Sequence[EntryRequest], alongside: Alongside | None = None
) -> tuple[Any, ...]:
    """Write many entries in one statement, each as ``entry_post`` would; all of them or none.

    ``alongside``: rows of the caller's that the same statement writes; returns what it selects from
    them.  Call it once in a transaction.  Raises what ``entry_post`` raises, without saying for
    which.
    """
    if not postings:
        return ()
    return _post(
        [
            Draft(
                entry_id=posting.entry_id or time_ordered_uuid(),
                operation=posting.operation,
                wallet_id=posting.wallet_id,
                subject=posting.subject,
                new_lot=_lot_of(posting.operation),
            )
            for posting in postings
        ],
        alongside,
    )


def statement_burn(*, partner_id: uuid.UUID, points: int, subject: uuid.UUID) -> uuid.UUID:
    """Burn the points of a partner's closed period; returns the entry.

    Raises ``PartnerAccountUnknown`` and ``InsufficientPoints`` (more than the partner has earned).
    """
    return entry_post(
        operation=statement_closed(points=points),
        wallet_id=partner_id,
        partner_id=partner_id,
        subject=subject,
    )


def _post(drafts: Sequence[Draft], alongside: Alongside | None = None) -> tuple[Any, ...]:
    shard = shard_of(drafts[0].entry_id)
    credited = {draft.wallet_id for draft in drafts if draft.new_lot}
    answer = entries_write(drafts, shard=shard, lock=bool(credited), alongside=alongside)
    if credited:
        owed_recover(wallet_ids=credited, shard=shard)
    return answer


def _lot_of(operation: Operation) -> tuple[int, datetime] | None:
    change = operation.available_change
    if change < 0:
        raise ValueError(f"{operation.kind} takes from lots: use the service that chooses them")
    if change == 0:
        return None
    months: int = settings.POINTS_LIFETIME_MONTHS
    return change, expiry_of_credit(now=timezone.now(), lifetime_months=months)
