"""What the wallet does by the clock, and the worker that does it."""

from __future__ import annotations

import datetime as dt
import logging
from typing import Any

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

from wallet_service.config import tasks
from wallet_service.ledger.services import merged_points_follow, points_expire_due
from wallet_service.offers.domain import LimitLevel
from wallet_service.offers.selectors import limits
from wallet_service.offers.services.lapsing import holds_lapse_due
from wallet_service.offers.tests.shop import (
    CENTS,
    PRICE,
    balances,
    capture,
    funded,
    offer_opened,
    partner_opened,
    taken,
)
from wallet_service.rewards.posting import rewards_post_due

EXPECTED = {
    "wallet.lapse_holds": "* * * * *",
    "wallet.follow_merges": "* * * * *",
    "wallet.empty_closed": "23 * * * *",
    "wallet.post_rewards": "*/5 * * * *",
    "wallet.expire_points": "17 * * * *",
    "wallet.watch_limits": "41 * * * *",
}


def test_each_task_has_its_hour_and_does_not_pile_up() -> None:
    periodic = app.periodic_registry.periodic_tasks.values()
    assert {one.task.name: one.cron for one in periodic} == EXPECTED
    for one in periodic:
        assert one.task.queueing_lock
        assert one.task.lock is None


def test_lapsed_vouchers_come_back_by_the_clock(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    wallet_id = funded(100)
    redemption = taken(wallet_id, offer_opened(partner_opened()))
    monkeypatch.setattr("django.utils.timezone.now", lambda: redemption.expires_at)
    tasks.drain(holds_lapse_due)
    assert balances(wallet_id).available_points == 100


def test_a_run_goes_on_until_little_is_left_and_ends_in_any_case() -> None:
    found = [tasks.STEP, tasks.STEP, 3]

    def some(*, now: dt.datetime, limit: int) -> int:
        return found.pop(0)

    assert tasks.drain(some) == 2 * tasks.STEP + 3
    assert tasks.drain(lambda *, now, limit: limit) == tasks.STEPS * tasks.STEP


def test_every_periodic_step_runs_on_empty_books(db: None) -> None:
    for step in (holds_lapse_due, rewards_post_due, points_expire_due, merged_points_follow):
        assert tasks.drain(step) == 0


@pytest.mark.parametrize(
    ("point_cents", "level"),
    [(10, None), (1_000_000, "watch"), (1_250_000, "alarm")],
)
def test_the_alarm_is_logged_well_before_the_ceiling(
    db: None,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    point_cents: int,
    level: str | None,
) -> None:
    # 60 points are left to the resident: 60 × 1,000,000 cents are 600,000 €.
    monkeypatch.setattr("service_kit.jobs.connections.close_all", lambda: None)
    settings.POINT_VALUE_CENTS = point_cents
    capture(taken(funded(100), offer_opened(partner_opened())))
    with caplog.at_level(logging.ERROR, logger=tasks.__name__):
        tasks.watch_limits(timestamp=0)
    assert [getattr(record, "code", None) for record in caplog.records] == (
        [level] if level else []
    )


def test_figures_are_those_of_twelve_months(db: None) -> None:
    capture(taken(funded(100), offer_opened(partner_opened())))
    now = timezone.now()
    figures = limits.limit_figures(now=now)
    assert (figures.spent_cents_12_months, figures.circulation_points) == (CENTS, 100 - PRICE)
    assert figures.level is LimitLevel.OK
    much_later = limits.limit_figures(now=now + dt.timedelta(days=367))
    assert much_later.spent_cents_12_months == 0
    leap_day = dt.datetime(2028, 2, 29, 12, tzinfo=dt.UTC)
    assert limits.limit_figures(now=leap_day).spent_cents_12_months == 0
