"""Points set aside for a voucher: held, then captured by the partner or released, and given back.

Each call belongs to the caller's transaction, which holds its business row too: a crash leaves all
of it or nothing.  Everything here takes the wallet's lock first, so the citizen's own requests,
the partner's scan and the clock meet one after the other.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import connection

from ..domain import (
    AccountKind,
    EntryKind,
    redemption_captured,
    redemption_held,
    redemption_refunded,
    redemption_released,
    shard_of,
)
from ..errors import AlreadyRefunded, EntryUnknown, HoldEnded, InsufficientPoints
from ..identifiers import time_ordered_uuid
from ..journal import Draft, entries_write, wallets_lock
from ..lots import take_oldest
from ..models import JournalEntry
from ..selectors import lots_open, lots_taken_by, wallet_get
from .expiry import returned_points_expire
from .posting import entry_post
from .recovering import owed_recover


def points_hold(*, wallet_id: uuid.UUID, points: int, subject: uuid.UUID) -> uuid.UUID:
    """Set available points aside, the oldest first; returns the entry that the hold is known by.

    Raises ``InsufficientPoints``, ``WalletUnknown`` (the transaction stays usable) and
    ``PointsOutOfRange``.
    """
    operation = redemption_held(points=points)
    wallets_lock(wallet_id)
    taken = take_oldest(lots_open(wallet_id=wallet_id, points=points), points=points)
    if sum(part.points for part in taken) < points:
        wallet_get(wallet_id=wallet_id)
        raise InsufficientPoints
    entry = time_ordered_uuid()
    draft = Draft(entry, operation, wallet_id, subject=subject, taken=taken)
    entries_write([draft], shard=shard_of(entry))
    return entry


def hold_capture(*, hold_entry_id: uuid.UUID, partner_id: uuid.UUID) -> uuid.UUID:
    """Give held points to the partner; returns the entry.

    Raises ``EntryUnknown`` (no such hold), ``HoldEnded``, ``PartnerAccountUnknown``.
    """
    hold = _locked(hold_entry_id, EntryKind.REDEMPTION_HELD, AccountKind.WALLET_HELD)
    _must_be_open(hold_entry_id)
    return entry_post(
        operation=redemption_captured(points=hold.points),
        wallet_id=hold.wallet_id,
        partner_id=partner_id,
        subject=hold.subject,
        corrects=hold_entry_id,
    )


def hold_release(*, hold_entry_id: uuid.UUID) -> uuid.UUID:
    """Give held points back to the citizen, into the lots that they came from; returns the entry.

    They keep their lots' dates: what is due soon and was never announced gets its announcement
    here, and what has no time left expires here, so that redeeming and cancelling again and again
    gains nothing.  Raises ``EntryUnknown`` (no such hold), ``HoldEnded``.
    """
    hold = _locked(hold_entry_id, EntryKind.REDEMPTION_HELD, AccountKind.WALLET_HELD)
    _must_be_open(hold_entry_id)
    entry = time_ordered_uuid()
    draft = Draft(
        entry,
        redemption_released(points=hold.points),
        hold.wallet_id,
        subject=hold.subject,
        corrects=hold_entry_id,
        put_back=lots_taken_by(entry_id=hold_entry_id),
    )
    entries_write([draft], shard=shard_of(entry))
    owed_recover(wallet_ids=[hold.wallet_id], shard=shard_of(entry))
    returned_points_expire(wallet_id=hold.wallet_id, shard=shard_of(entry))
    return entry


def capture_refund(*, capture_entry_id: uuid.UUID) -> uuid.UUID:
    """Give captured points back to the citizen, as a new lot; returns the entry.

    Raises ``EntryUnknown`` (no such capture), ``AlreadyRefunded``, ``InsufficientPoints`` (the
    partner's period was closed and its points are burned).
    """
    capture = _locked(capture_entry_id, EntryKind.REDEMPTION_CAPTURED, AccountKind.PARTNER_EARNED)
    refunds = JournalEntry.objects.filter(
        corrects_id=capture_entry_id, kind=EntryKind.REDEMPTION_REFUNDED
    )
    if refunds.exists():
        raise AlreadyRefunded
    return entry_post(
        operation=redemption_refunded(points=capture.points),
        wallet_id=capture.wallet_id,
        partner_id=capture.partner_id,
        subject=capture.subject,
        corrects=capture_entry_id,
    )


# The entry, with its points on the account that names it and whose that account is.
_ENTRY = """
SELECT entry.wallet_id, entry.subject, posting.points, account.wallet_id
  FROM ledger_journalentry AS entry
  JOIN ledger_posting AS posting ON posting.entry_id = entry.id
  JOIN ledger_account AS account ON account.id = posting.account_id
 WHERE entry.id = %s AND entry.kind = %s AND account.kind = %s
"""


@dataclass(frozen=True, slots=True)
class _Redemption:
    wallet_id: uuid.UUID
    subject: uuid.UUID | None
    points: int
    partner_id: uuid.UUID  # of a hold, the wallet itself


def _locked(entry_id: uuid.UUID, kind: EntryKind, account: AccountKind) -> _Redemption:
    """What the entry did, with its wallet locked.  Raises ``EntryUnknown``."""
    with connection.cursor() as cursor:
        cursor.execute(_ENTRY, [entry_id, kind.value, account.value])
        row = cursor.fetchone()
    if row is None:
        raise EntryUnknown
    redemption = _Redemption(*row)
    wallets_lock(redemption.wallet_id)
    return redemption


def _must_be_open(hold_entry_id: uuid.UUID) -> None:
    ends = (EntryKind.REDEMPTION_CAPTURED, EntryKind.REDEMPTION_RELEASED)
    if JournalEntry.objects.filter(corrects_id=hold_entry_id, kind__in=ends).exists():
        raise HoldEnded
