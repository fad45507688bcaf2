"""What happened to points by day: beside straight sums of the journal's postings."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.db import connection
from django.utils import timezone

from wallet_service.ledger.domain import EntryKind
from wallet_service.ledger.models import JournalEntry, Wallet
from wallet_service.ledger.movements import DAYS_AT_ONCE, PARIS, movements
from wallet_service.ledger.services import hold_capture, hold_release, points_hold, points_take_back

from .by_hand import execute
from .given import granted, new_partner

_SUMS = """
SELECT entry.kind, count(DISTINCT entry.id), sum(posting.points)
FROM ledger_journalentry entry JOIN ledger_posting posting ON posting.entry_id = entry.id
JOIN ledger_account account ON account.id = posting.account_id
WHERE account.kind IN ('wallet_available', 'wallet_held', 'partner_earned') AND posting.points > 0
GROUP BY 1
"""


def _today() -> date:
    return timezone.now().astimezone(PARIS).date()


def _granted_on(wallet: Wallet, moment: datetime) -> None:
    """Points given at another moment: number and date (the owner's hand) are of then."""
    with patch(
        "wallet_service.ledger.identifiers.time.time_ns",
        return_value=int(moment.timestamp() * 10**9),
    ):
        entry_id = granted(wallet, 10)
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit is looked at now
    execute("ALTER TABLE ledger_journalentry DISABLE TRIGGER USER")
    JournalEntry.objects.filter(id=entry_id).update(created_at=moment)
    execute("ALTER TABLE ledger_journalentry ENABLE TRIGGER USER")
    execute("SET CONSTRAINTS ALL DEFERRED")


def test_each_kind_has_its_entries_and_points(wallet: Wallet) -> None:
    granted(wallet, 30)
    reward = granted(wallet, 5)
    kept = points_hold(wallet_id=wallet.id, points=20, subject=uuid.uuid4())
    hold_capture(hold_entry_id=kept, partner_id=new_partner())
    given_back = points_hold(wallet_id=wallet.id, points=4, subject=uuid.uuid4())
    hold_release(hold_entry_id=given_back)
    points_take_back(wallet_id=wallet.id, points=5, corrects=reward)
    found = movements(since=_today() - timedelta(days=1))
    assert found.next_since is None
    by_kind = {item.kind: (item.entries, item.points) for item in found.items}
    assert by_kind == {
        EntryKind.REWARD_GRANTED: (2, 35),
        EntryKind.REDEMPTION_HELD: (2, 24),
        EntryKind.REDEMPTION_CAPTURED: (1, 20),
        EntryKind.REDEMPTION_RELEASED: (1, 4),
        EntryKind.REWARD_REVERSED: (1, 5),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SUMS)
        gains = {kind: (entries, points) for kind, entries, points in cursor.fetchall()}
    # What somebody gains is what the entry is about; a reversal gives nobody anything.
    assert gains == {kind: by_kind[kind] for kind in by_kind if kind != EntryKind.REWARD_REVERSED}


def test_days_are_those_of_paris(wallet: Wallet) -> None:
    _granted_on(wallet, datetime(2026, 3, 28, 23, 59, 59, tzinfo=PARIS))
    _granted_on(wallet, datetime(2026, 3, 29, 0, 0, 1, tzinfo=PARIS))
    _granted_on(wallet, datetime(2026, 3, 29, 23, 59, 59, tzinfo=PARIS))  # a day of 23 hours
    found = movements(since=date(2026, 3, 28))
    assert [(item.day, item.entries) for item in found.items] == [
        (date(2026, 3, 28), 1),
        (date(2026, 3, 29), 2),
    ]
    assert [item.day for item in movements(since=date(2026, 3, 29)).items] == [date(2026, 3, 29)]


def test_long_times_are_read_in_pages_that_meet(wallet: Wallet) -> None:
    first = datetime(2025, 1, 5, 12, tzinfo=PARIS)
    gaps = (0, DAYS_AT_ONCE - 1, DAYS_AT_ONCE, 400)
    for days in gaps:
        _granted_on(wallet, first + timedelta(days=days))
    since: date | None = date(2020, 1, 1)
    pages = []
    while since is not None:
        found = movements(since=since)
        pages.append([item.day for item in found.items])
        since = found.next_since
    days_of = [(first + timedelta(days=days)).date() for days in gaps]
    assert pages == [days_of[:2], days_of[2:3], days_of[3:]]


@pytest.mark.django_db
def test_an_empty_journal_has_none() -> None:
    assert movements(since=date(2020, 1, 1)).items == []
