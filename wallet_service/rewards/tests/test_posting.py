"""Rewards that post by themselves: one that can't be posted keeps the others from nothing."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from wallet_service.ledger.errors import InsufficientPoints
from wallet_service.ledger.models import Wallet
from wallet_service.ledger.selectors import balances_of, sum_of_all_balances
from wallet_service.rewards import posting
from wallet_service.rewards.deciding import Decision, decision_post
from wallet_service.rewards.domain import RewardState
from wallet_service.rewards.models import Reward
from wallet_service.rewards.posting import rewards_post_due

from .conftest import id_of, open_reward, rule_with

DAYS = 7
POINTS = 10


@pytest.fixture
def three(committed_wallet: Wallet) -> list[uuid.UUID]:
    """Three pending rewards of the wallet, in the order of their dates."""
    rule_with(points=POINTS, auto_post_after_days=DAYS)
    return [id_of(open_reward(committed_wallet.id)) for _ in range(3)]


def _states() -> dict[uuid.UUID, str]:
    return dict(Reward.objects.values_list("id", "state"))


def _run() -> int:
    return rewards_post_due(now=timezone.now() + timedelta(days=DAYS, hours=1), limit=10)


def _broken(bad: uuid.UUID, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """The ledger refuses the entry of this reward, whose row was changed in the transaction."""

    def post(decision: Decision) -> None:
        if decision.facts.id == bad:
            raise error
        decision_post(decision)

    monkeypatch.setattr(posting, "decision_post", post)


@pytest.mark.parametrize(
    ("error", "code"),
    [(InsufficientPoints(), "insufficient_points"), (OperationalError("x"), "OperationalError")],
)
def test_one_bad_reward_does_not_keep_the_others(
    three: list[uuid.UUID],
    committed_wallet: Wallet,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    code: str,
) -> None:
    bad = three[0]  # the first in turn
    with monkeypatch.context() as broken:
        _broken(bad, broken, error)
        for logged in (1, 2):  # the bad one is tried again each time
            with caplog.at_level(logging.ERROR), pytest.raises(type(error)):
                _run()
            records: list[Any] = [
                record for record in caplog.records if hasattr(record, "reward_id")
            ]
            assert [(record.reward_id, record.code) for record in records] == [
                (str(bad), code)
            ] * logged
    posted = RewardState.POSTED
    assert _states() == {bad: RewardState.PENDING, three[1]: posted, three[2]: posted}
    balances = balances_of(wallet=committed_wallet)
    assert (balances.pending_points, balances.available_points) == (POINTS, 2 * POINTS)
    assert _run() == 1  # put right, it is posted with the next run
    assert set(_states().values()) == {posted}
    assert balances_of(wallet=committed_wallet).available_points == 3 * POINTS
    assert sum_of_all_balances() == 0
    assert _run() == 0
