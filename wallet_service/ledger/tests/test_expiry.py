"""Points expire: never unannounced, never before the notice period, and only what was announced."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from wallet_service.ledger.domain import NoticeOutcome
from wallet_service.ledger.errors import NoticeAcknowledged, NoticeUnknown
from wallet_service.ledger.lots import ANNOUNCE_BEFORE, NOTICE_PERIOD
from wallet_service.ledger.models import ExpiryNotice, JournalEntry, Lot, Wallet
from wallet_service.ledger.selectors import sum_of_all_balances, totals
from wallet_service.ledger.services import (
    expiry_notice_acknowledge,
    expiry_notices_due,
    points_expire_due,
    points_hold,
    wallet_open,
)

from .given import (
    announced,
    asked,
    available,
    dated,
    granted,
    left,
    time_passes,
)

DAY = timedelta(days=1)
MONTH = timedelta(days=31)


@pytest.fixture
def end(wallet: Wallet) -> datetime:
    """When the only lot of 10 points expires, 24 months from now."""
    granted(wallet, 10)
    return Lot.objects.get().expires_at


def _acknowledge(outcome: NoticeOutcome = NoticeOutcome.SENT) -> int:
    notices = ExpiryNotice.objects.filter(acknowledged_at__isnull=True)
    for notice in notices:
        expiry_notice_acknowledge(notice_id=notice.id, outcome=outcome)
    return len(notices)


def _expired(*, now: datetime | None = None) -> int:
    return points_expire_due(now=now or timezone.now(), limit=10)


def test_a_lot_is_announced_once_and_in_time(wallet: Wallet, end: datetime) -> None:
    assert expiry_notices_due(now=end - ANNOUNCE_BEFORE, limit=10) == []
    (notice,) = expiry_notices_due(now=end - ANNOUNCE_BEFORE + DAY, limit=10)
    assert (notice.wallet_id, notice.expires_at, notice.points) == (wallet.id, end, 10)
    assert expiry_notices_due(now=end, limit=10) == [notice]  # until it is acknowledged
    _acknowledge()
    assert expiry_notices_due(now=end, limit=10) == []


def test_lots_that_expire_together_are_announced_together(wallet: Wallet, end: datetime) -> None:
    granted(wallet, 5)
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    granted(other, 7)
    notices = expiry_notices_due(now=end, limit=10)
    assert {(notice.wallet_id, notice.points) for notice in notices} == {
        (wallet.id, 15),
        (other.id, 7),
    }


def test_at_most_so_many_are_announced_at_once(wallet: Wallet, end: datetime) -> None:
    granted(wallet_open(wallet_id=uuid.uuid4())[0], 7)
    assert len(expiry_notices_due(now=end, limit=1)) == 1
    _acknowledge()
    assert len(expiry_notices_due(now=end, limit=1)) == 1
    assert _acknowledge() == 1
    assert expiry_notices_due(now=end, limit=1) == []


def test_points_expire_a_notice_period_after_the_announcement_was_dealt_with(
    wallet: Wallet, end: datetime
) -> None:
    # Announced today, although the date is two years off: the later of the two counts.
    expiry_notices_due(now=end, limit=10)
    assert _expired(now=end + 12 * MONTH) == 0  # nobody dealt with it
    _acknowledge()
    time_passes(end - timezone.now() - DAY)
    assert _expired() == 0
    assert _expired(now=end) == 0  # a clock that is fast
    time_passes(DAY)
    assert _expired(now=timezone.now() - 2 * DAY) == 0  # and one that is slow
    assert _expired() == 1
    assert (available(wallet), left(wallet)) == (0, [0])
    entry = JournalEntry.objects.get(kind="points_expired")
    assert asked(entry.id) == ("burn", 10, wallet.address, None)
    assert totals().expired_points == 10
    assert _expired(now=end + MONTH) == 0
    assert sum_of_all_balances() == 0


@pytest.mark.parametrize("outcome", NoticeOutcome)
def test_a_late_announcement_puts_the_expiry_off(wallet: Wallet, outcome: NoticeOutcome) -> None:
    granted(wallet, 10)
    now = timezone.now()
    dated(wallet, now + DAY)
    expiry_notices_due(now=now, limit=10)
    _acknowledge(outcome)
    time_passes(NOTICE_PERIOD - DAY)
    assert _expired() == 0
    assert available(wallet) == 10
    time_passes(DAY)
    assert _expired() == 1


def test_what_was_spent_meanwhile_does_not_expire(wallet: Wallet, end: datetime) -> None:
    granted(wallet, 5)
    announced(until=end)
    points_hold(wallet_id=wallet.id, points=12, subject=uuid.uuid4())
    time_passes(end - timezone.now())
    assert _expired() == 1
    assert (available(wallet), left(wallet)) == (0, [0, 0])
    assert totals().expired_points == 3


def test_at_most_so_many_lots_expire_at_once(wallet: Wallet, end: datetime) -> None:
    others = [wallet_open(wallet_id=uuid.uuid4())[0] for _ in range(2)]
    for found in (wallet, *others):
        granted(found, 1)
    announced(until=end)
    time_passes(end - timezone.now())
    now = timezone.now()
    assert [points_expire_due(now=now, limit=3) for _ in range(3)] == [3, 1, 0]


def test_an_announcement_is_acknowledged_once(wallet: Wallet, end: datetime) -> None:
    (notice,) = expiry_notices_due(now=end, limit=10)
    expiry_notice_acknowledge(notice_id=notice.id, outcome=NoticeOutcome.SENT)
    first = ExpiryNotice.objects.get()
    expiry_notice_acknowledge(notice_id=notice.id, outcome=NoticeOutcome.SENT)
    assert ExpiryNotice.objects.get().acknowledged_at == first.acknowledged_at
    with pytest.raises(NoticeAcknowledged):
        expiry_notice_acknowledge(notice_id=notice.id, outcome=NoticeOutcome.UNREACHABLE)
    with pytest.raises(NoticeUnknown):
        expiry_notice_acknowledge(notice_id=uuid.uuid4(), outcome=NoticeOutcome.SENT)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ExpiryNotice.objects.update(acknowledged_at=timezone.now())
