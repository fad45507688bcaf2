"""The database lets no point expire before its date, or unless its owner was told in time.

Everything here goes round the services, with the rights of the runtime role.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import IntegrityError
from django.utils import timezone

from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.lots import NOTICE_PERIOD
from wallet_service.ledger.models import ExpiryNotice, Lot, Wallet
from wallet_service.ledger.services import expiry_notices_due, wallet_open

from .by_hand import Intent, Movement, account_of, execute, write
from .given import announced, available, dated, granted, time_passes

Role = Callable[[], AbstractContextManager[None]]
DAY = timedelta(days=1)


@pytest.fixture
def rich(wallet: Wallet) -> Wallet:
    """A wallet with a lot of 10 points whose date has come."""
    granted(wallet, 10)
    dated(wallet, timezone.now())
    return wallet


@pytest.fixture
def runtime(as_runtime: Role) -> Iterator[None]:
    with as_runtime():
        yield


def _expire(wallet: Wallet) -> None:
    write(
        "points_expired",
        wallet,
        [
            (account_of(AccountKind.WALLET_AVAILABLE, wallet), -10),
            (account_of(AccountKind.EXPIRY), 10),
        ],
        intents=[Intent("burn", 10, giver=wallet.address)],
        movements=[Movement(Lot.objects.get(wallet=wallet).pk, -10)],
    )


def _refused(match: str) -> AbstractContextManager[object]:
    return pytest.raises(IntegrityError, match=match)


def test_unannounced_points_do_not_expire(rich: Wallet, runtime: None) -> None:
    with _refused("unannounced"):
        _expire(rich)


def test_an_announcement_that_nobody_dealt_with_starts_nothing(
    rich: Wallet, as_runtime: Role
) -> None:
    expiry_notices_due(now=timezone.now(), limit=10)
    time_passes(365 * DAY)
    with as_runtime(), _refused("unannounced"):
        _expire(rich)


def test_points_expire_a_notice_period_after_the_acknowledgement(
    rich: Wallet, as_runtime: Role
) -> None:
    announced()
    time_passes(NOTICE_PERIOD - timedelta(minutes=5))
    with as_runtime(), _refused("early"):
        _expire(rich)
    time_passes(timedelta(minutes=5))
    with as_runtime():
        _expire(rich)
    assert available(rich) == 0


def test_points_do_not_expire_before_their_date(rich: Wallet, as_runtime: Role) -> None:
    dated(rich, timezone.now() + NOTICE_PERIOD + DAY)
    announced()
    time_passes(NOTICE_PERIOD)
    with as_runtime(), _refused("early"):
        _expire(rich)


def test_an_acknowledgement_is_of_its_own_moment(rich: Wallet, runtime: None) -> None:
    (notice,) = expiry_notices_due(now=timezone.now(), limit=10)
    for when in (timezone.now() - NOTICE_PERIOD, timezone.now() + DAY):
        with _refused("append-only"):
            execute(
                "UPDATE ledger_expirynotice SET outcome = 'sent', acknowledged_at = %s"
                " WHERE id = %s",
                when,
                notice.id,
            )
    with _refused("append-only"):
        execute(
            "INSERT INTO ledger_expirynotice"
            " (id, wallet_id, expires_at, points, outcome, acknowledged_at)"
            " VALUES (%s, %s, now(), 10, 'sent', now() - interval '1 year')",
            uuid.uuid4(),
            rich.id,
        )


def test_a_lot_is_announced_by_a_notice_of_its_own(rich: Wallet, as_runtime: Role) -> None:
    """Not by an old one, one with another date, or another wallet's."""
    lot = Lot.objects.get(wallet=rich)
    other = wallet_open(wallet_id=uuid.uuid4())[0]
    made = [
        ExpiryNotice(id=uuid.uuid4(), wallet=wallet, expires_at=expires_at, points=10)
        for wallet, expires_at in (
            (rich, lot.expires_at + DAY),
            (other, lot.expires_at),
            (rich, lot.expires_at),
        )
    ]
    ExpiryNotice.objects.bulk_create(made)
    announced()  # all three, and the lot by one of its own
    granted(other, 10)
    dated(other, lot.expires_at)
    anothers = Lot.objects.get(wallet=other)
    with as_runtime():
        for notice in made:
            with _refused("not announced by this notice|lotnotice_pkey"):
                execute(
                    "INSERT INTO ledger_lotnotice (lot_id, notice_id) VALUES (%s, %s)",
                    anothers.pk,
                    notice.id,
                )


def test_the_database_counts_the_same_notice_period() -> None:
    migration = import_module("wallet_service.ledger.migrations.0007_expiry_after_notice")
    assert timedelta(hours=migration.NOTICE_HOURS) == NOTICE_PERIOD
