"""Caps, periods and sampling: pure decisions."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_service.rewards.terms import (
    METROPOLIS,
    Limit,
    Periods,
    RuleTerms,
    Usage,
    is_sampled,
    limit_reached,
    posts_at,
)

AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
PERIODS = Periods.at(AT)
moments = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC)
)


def _limit(terms: RuleTerms, usage: Usage, points: int = 10) -> Limit | None:
    reached = limit_reached(terms, points=points, usage=usage, at=AT, periods=PERIODS)
    return reached.limit if reached else None


@given(moment=moments)
def test_a_moment_lies_in_its_day_and_its_month(moment: datetime) -> None:
    periods = Periods.at(moment)
    assert periods.month_from <= periods.day_from <= moment < periods.day_until
    assert periods.day_until <= periods.month_until
    local = periods.day_from.astimezone(METROPOLIS)
    assert (local.hour, local.minute, local.date()) == (
        0, 0, moment.astimezone(METROPOLIS).date(),
    )  # fmt: skip
    assert periods.month_from.astimezone(METROPOLIS).day == 1
    assert periods.month_until.astimezone(METROPOLIS).day == 1


@given(moment=moments)
def test_days_and_months_follow_each_other_without_a_gap(moment: datetime) -> None:
    periods = Periods.at(moment)
    assert Periods.at(periods.day_until).day_from == periods.day_until
    assert Periods.at(periods.month_until).month_from == periods.month_until


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (datetime(2026, 3, 29, 12, tzinfo=UTC), 23),
        (datetime(2026, 10, 25, 12, tzinfo=UTC), 25),
        (datetime(2026, 11, 24, 12, tzinfo=UTC), 24),
    ],
)
def test_a_day_is_as_long_as_the_clocks_make_it(moment: datetime, hours: int) -> None:
    periods = Periods.at(moment)
    assert periods.day_until - periods.day_from == timedelta(hours=hours)


def test_midnight_is_that_of_the_metropolis() -> None:
    assert Periods.at(datetime(2026, 7, 31, 22, 30, tzinfo=UTC)).month_from == datetime(
        2026, 7, 31, 22, 0, tzinfo=UTC
    )


def test_no_terms_limit_nothing() -> None:
    assert _limit(RuleTerms(points=10), Usage(10**9, 10**9, AT)) is None


@pytest.mark.parametrize(
    ("used", "limit"), [(0, None), (40, None), (41, Limit.CAP_DAY), (50, Limit.CAP_DAY)]
)
def test_a_cap_may_be_reached_exactly(used: int, limit: Limit | None) -> None:
    assert _limit(RuleTerms(points=10, cap_day_points=50), Usage(used, used)) is limit


def test_of_several_limits_the_longest_is_said() -> None:
    terms = RuleTerms(points=10, cap_day_points=50, cap_month_points=100, cooling_off_s=60)
    assert _limit(terms, Usage(50, 100, AT)) is Limit.CAP_MONTH
    assert _limit(terms, Usage(50, 50, AT)) is Limit.CAP_DAY
    assert _limit(terms, Usage(10, 10, AT)) is Limit.COOLING_OFF
    assert _limit(terms, Usage(10, 10, AT - timedelta(seconds=60))) is None


@given(
    day=st.integers(10, 500),
    month=st.integers(10, 2000),
    amounts=st.lists(st.integers(1, 60), max_size=60),
)
def test_whatever_is_asked_no_cap_is_exceeded(day: int, month: int, amounts: list[int]) -> None:
    terms = RuleTerms(points=1, cap_day_points=day, cap_month_points=month)
    usage, given_points = Usage(), 0
    for points in amounts:
        reached = limit_reached(terms, points=points, usage=usage, at=AT, periods=PERIODS)
        if reached is None:
            usage = usage.plus(points=points, at=AT)
            given_points += points
        else:
            assert reached.cap_points is not None
            assert reached.earned_points is not None
            assert reached.earned_points + points > reached.cap_points
            assert reached.again_at > AT
    assert given_points <= min(day, month)
    assert usage.day_points == usage.month_points == given_points


def test_a_cap_below_one_action_is_a_contradiction() -> None:
    assert RuleTerms(points=10, cap_day_points=9).contradiction == "cap_day_points"
    assert RuleTerms(points=10, cap_month_points=9).contradiction == "cap_month_points"
    assert RuleTerms(points=10, cap_day_points=10, cap_month_points=10).contradiction is None


@given(reward_id=st.uuids(), low=st.integers(0, 100), high=st.integers(0, 100))
def test_a_higher_share_keeps_what_a_lower_one_checks(
    reward_id: uuid.UUID, low: int, high: int
) -> None:
    low, high = sorted((low, high))
    assert not is_sampled(reward_id, 0)
    assert is_sampled(reward_id, 100)
    assert not is_sampled(reward_id, low) or is_sampled(reward_id, high)
    assert is_sampled(reward_id, low) == is_sampled(uuid.UUID(str(reward_id)), low)


def test_one_in_ten_is_about_one_in_ten() -> None:
    ids = [uuid.UUID(int=number) for number in range(20_000)]
    assert 1_800 <= sum(is_sampled(one, 10) for one in ids) <= 2_200


def test_an_auditor_finds_the_same_sample() -> None:
    # Written down once: a change of the formula would change what was to be checked in the past.
    ids = [uuid.UUID(int=number) for number in range(60)]
    assert [one.int for one in ids if is_sampled(one, 10)] == [6, 31, 35, 44, 49, 51, 54, 55]


def test_when_a_reward_posts_by_itself() -> None:
    ids = [uuid.UUID(int=number) for number in range(60)]
    checked = next(one for one in ids if is_sampled(one, 50))
    other = next(one for one in ids if not is_sampled(one, 50))
    week = RuleTerms(points=1, auto_post_after_days=7, checked_percent=50)
    assert posts_at(week, reward_id=other, opened_at=AT) == AT + timedelta(days=7)
    assert posts_at(week, reward_id=checked, opened_at=AT) is None
    assert posts_at(RuleTerms(points=1), reward_id=other, opened_at=AT) is None
    assert posts_at(RuleTerms(1, auto_post_after_days=0), reward_id=other, opened_at=AT) == AT
