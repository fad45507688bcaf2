"""What stands in the way of an offer, days covered by agreements, and the ceiling's levels."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_service.offers.domain import (
    DISPUTE_TRANSITIONS,
    OFFER_TRANSITIONS,
    REDEMPTION_TRANSITIONS,
    Asker,
    DisputeState,
    LimitLevel,
    Obstacle,
    OfferFacts,
    OfferState,
    PartnerState,
    RedemptionState,
    commune_of,
    covered_until,
    day_begins,
    days_covered,
    limit_level,
    obstacle,
    paris_day,
)
from wallet_service.offers.errors import OBSTACLES

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
OPEN = OfferFacts(
    state=OfferState.PUBLISHED,
    partner_state=PartnerState.ACTIVE,
    agreement_in_force=True,
    valid_from=NOW - dt.timedelta(days=1),
    valid_until=NOW + dt.timedelta(days=1),
    communes=("13055",),
    left=1,
    per_wallet_limit=2,
    price_points=10,
)
RESIDENT = Asker(commune="13203", had=1, available_points=10)


def test_an_open_offer_can_be_had() -> None:
    assert obstacle(OPEN, RESIDENT, now=NOW) is None
    # Whoever says nothing about themselves is told of no obstacle of theirs.
    assert obstacle(OPEN, Asker(), now=NOW) is None


@pytest.mark.parametrize(
    ("offer", "asker", "reason"),
    [
        ({"state": OfferState.DRAFT}, {}, Obstacle.OFFER_WITHDRAWN),
        ({"state": OfferState.WITHDRAWN}, {}, Obstacle.OFFER_WITHDRAWN),
        ({"partner_state": PartnerState.SUSPENDED}, {}, Obstacle.PARTNER_SUSPENDED),
        ({"agreement_in_force": False}, {}, Obstacle.AGREEMENT_NOT_IN_FORCE),
        ({"valid_until": NOW}, {}, Obstacle.OFFER_EXPIRED),
        ({"valid_from": NOW + dt.timedelta(seconds=1)}, {}, Obstacle.OFFER_NOT_STARTED),
        ({"left": 0}, {}, Obstacle.OUT_OF_STOCK),
        ({}, {"commune": "13001"}, Obstacle.OTHER_COMMUNE),
        ({}, {"had": 2}, Obstacle.LIMIT_REACHED),
        ({}, {"available_points": 9}, Obstacle.INSUFFICIENT_POINTS),
    ],
)
def test_each_obstacle_is_named(
    offer: dict[str, Any], asker: dict[str, Any], reason: Obstacle
) -> None:
    assert obstacle(replace(OPEN, **offer), replace(RESIDENT, **asker), now=NOW) is reason


def test_every_obstacle_is_also_a_refusal() -> None:
    assert set(OBSTACLES) == set(Obstacle)


def test_no_stock_limit_or_commune_means_no_obstacle() -> None:
    free = replace(OPEN, left=None, per_wallet_limit=None, communes=())
    asker = Asker(commune="84001", had=99, available_points=10)
    assert obstacle(free, asker, now=NOW) is None


@pytest.mark.parametrize(
    ("insee", "commune"),
    [
        ("13201", "13055"),
        ("13216", "13055"),
        ("13217", "13217"),
        ("13001", "13001"),
        ("2A004",) * 2,
    ],
)
def test_an_arrondissement_is_marseille(insee: str, commune: str) -> None:
    assert commune_of(insee) == commune


def test_days_are_those_of_the_metropolis() -> None:
    assert paris_day(dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC)) == dt.date(2026, 7, 1)
    assert day_begins(dt.date(2026, 7, 1)) == dt.datetime(2026, 6, 30, 22, tzinfo=dt.UTC)
    assert day_begins(dt.date(2026, 12, 1)) == dt.datetime(2026, 11, 30, 23, tzinfo=dt.UTC)


_FIRST = dt.date(2026, 1, 1)
days = st.integers(0, 40).map(lambda n: _FIRST + dt.timedelta(days=n))
periods = st.lists(st.tuples(days, days).map(lambda p: (min(p), max(p))), max_size=5)


@given(periods, days, days)
def test_a_span_is_covered_when_each_of_its_days_is(
    agreements: list[tuple[dt.date, dt.date]], one: dt.date, other: dt.date
) -> None:
    first, last = min(one, other), max(one, other)
    span = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    expected = all(any(s <= day <= e for s, e in agreements) for day in span)
    assert days_covered(agreements, first=first, last=last) == expected


@given(periods, days)
def test_the_cover_ends_before_the_first_day_without_agreement(
    agreements: list[tuple[dt.date, dt.date]], day: dt.date
) -> None:
    last = covered_until(agreements, day=day)
    if last is None:
        assert not days_covered(agreements, first=day, last=day)
    else:
        assert days_covered(agreements, first=day, last=last)
        after = last + dt.timedelta(days=1)
        assert not days_covered(agreements, first=after, last=after)


@pytest.mark.parametrize(
    ("cents", "level"),
    [
        (0, LimitLevel.OK),
        (49_999_999, LimitLevel.OK),
        (50_000_000, LimitLevel.WATCH),
        (74_999_999, LimitLevel.WATCH),
        (75_000_000, LimitLevel.ALARM),
        (200_000_000, LimitLevel.ALARM),
    ],
)
def test_the_alarm_comes_well_before_the_ceiling(cents: int, level: LimitLevel) -> None:
    found = limit_level(cents=cents, ceiling_cents=100_000_000, watch_percent=50, alarm_percent=75)
    assert found is level


def test_an_ended_voucher_stays_ended() -> None:
    ended = {RedemptionState.CANCELLED, RedemptionState.EXPIRED, RedemptionState.REFUNDED}
    assert not {before for before, _ in REDEMPTION_TRANSITIONS} & ended
    assert not {before for before, _ in DISPUTE_TRANSITIONS} & {
        DisputeState.REFUNDED,
        DisputeState.DISMISSED,
    }
    assert OfferState.DRAFT not in {after for _, after in OFFER_TRANSITIONS}
