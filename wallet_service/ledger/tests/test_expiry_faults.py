"""Points that can't expire keep no other wallet's from it."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from wallet_service.ledger.errors import InsufficientPoints
from wallet_service.ledger.models import Wallet
from wallet_service.ledger.selectors import sum_of_all_balances
from wallet_service.ledger.services import points_expire_due, wallet_open

from .by_hand import execute
from .given import announced, available, dated, granted, lots_match, time_passes


@pytest.fixture
def three(committed_wallet: Wallet) -> list[Wallet]:
    """Three wallets whose points are to expire now, in the order of their dates."""
    wallets = [committed_wallet, *[wallet_open(wallet_id=uuid.uuid4())[0] for _ in range(2)]]
    for place, wallet in enumerate(wallets):
        granted(wallet, 10)
        dated(wallet, timezone.now() + timedelta(days=place))
    announced()
    time_passes(timedelta(days=40))
    return wallets


def _account_lies(wallet: Wallet, by: int) -> None:
    """The wallet has fewer points than its lots say (the owner's hand)."""
    execute("ALTER TABLE ledger_account DISABLE TRIGGER USER")
    execute(
        "UPDATE ledger_account SET balance_points = balance_points - %s"
        " WHERE wallet_id = %s AND kind = 'wallet_available'",
        by,
        wallet.id,
    )
    execute("ALTER TABLE ledger_account ENABLE TRIGGER USER")


def test_one_bad_wallet_does_not_keep_the_others(
    three: list[Wallet], caplog: pytest.LogCaptureFixture
) -> None:
    bad, *others = three
    _account_lies(bad, 5)
    for logged in (1, 2):  # the bad one is tried again each time
        with caplog.at_level(logging.ERROR), pytest.raises(InsufficientPoints):
            points_expire_due(now=timezone.now(), limit=10)
        records: list[Any] = [record for record in caplog.records if hasattr(record, "wallet_id")]
        assert [(record.wallet_id, record.code) for record in records] == [
            (str(bad.id), "insufficient_points")
        ] * logged
        assert [available(wallet) for wallet in others] == [0, 0]
        assert available(bad) == 5
    _account_lies(bad, -5)
    assert points_expire_due(now=timezone.now(), limit=10) == 1  # put right, with the next run
    assert available(bad) == 0
    assert all(lots_match(wallet) for wallet in three)
    assert sum_of_all_balances() == 0
