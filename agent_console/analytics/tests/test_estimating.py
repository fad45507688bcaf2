"""Difference in differences: known effects are found, none is not, too little is refused."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from agent_console.analytics.impact.estimating import (
    EffectRefused,
    LeftOut,
    Refusal,
    change,
    estimate,
    windows,
)

MONDAY = date(2026, 3, 2)
_WEEKS = 26
_DRAWS = 300
_changes = st.lists(st.floats(-2, 2), min_size=5, max_size=12, unique=True)


def _drawn(random: np.random.Generator, *, communes: int, effect: float) -> list[float]:
    """Changes of communes of unlike size, whose weeks hang together and share a season."""
    weeks = [MONDAY + timedelta(weeks=number) for number in range(2 * _WEEKS)]
    season = 0.3 * np.sin(2 * np.pi * np.arange(2 * _WEEKS) / 52) + 0.1
    found = []
    for _ in range(communes):
        noise = np.empty(2 * _WEEKS)
        noise[0] = random.normal(scale=0.2)
        for number in range(1, 2 * _WEEKS):
            noise[number] = 0.7 * noise[number - 1] + random.normal(scale=0.15)
        logs = math.log(random.uniform(1e3, 1e5)) + season + noise
        logs[_WEEKS:] += effect
        volumes = dict(zip(weeks, np.exp(logs), strict=True))
        changed = change(volumes, before=weeks[:_WEEKS], after=weeks[_WEEKS:])
        assert not isinstance(changed, LeftOut)
        found.append(changed)
    return found


@pytest.mark.parametrize("true_percent", [0, 20, -15])
@pytest.mark.parametrize(("rewarded", "compared"), [(5, 5), (5, 20)])
def test_a_known_effect_is_found_and_its_interval_covers_it_as_often_as_it_says(
    true_percent: float, rewarded: int, compared: int
) -> None:
    random = np.random.default_rng(round(true_percent) + 13055)
    effect = math.log1p(true_percent / 100)
    covered, logs = 0, []
    for _ in range(_DRAWS):
        found = estimate(
            rewarded=_drawn(random, communes=rewarded, effect=effect),
            compared=_drawn(random, communes=compared, effect=0),
        )
        covered += found.low <= true_percent <= found.high
        logs.append(math.log1p(found.percent / 100))
    assert np.mean(logs) == pytest.approx(effect, abs=0.03)
    assert 0.91 <= covered / _DRAWS <= 0.99


@given(_changes, _changes, st.floats(-1, 1))
@settings(max_examples=50, deadline=None)
def test_what_rewards_add_is_exactly_what_the_effect_grows_by(
    rewarded: list[float], compared: list[float], effect: float
) -> None:
    plain = estimate(rewarded=rewarded, compared=compared)
    with_it = estimate(rewarded=[one + effect for one in rewarded], compared=compared)
    for one, other in zip(
        (plain.percent, plain.low, plain.high),
        (with_it.percent, with_it.low, with_it.high),
        strict=True,
    ):
        assert 1 + other / 100 == pytest.approx((1 + one / 100) * math.exp(effect), rel=1e-6)


def test_it_is_the_regression_on_groups_with_robust_errors_and_welchs_degrees() -> None:
    random = np.random.default_rng(1)
    rewarded, compared = random.normal(0.2, 0.1, 5), random.normal(0, 0.3, 9)
    found = estimate(rewarded=list(rewarded), compared=list(compared))
    fitted = sm.OLS(
        np.concatenate([rewarded, compared]),
        sm.add_constant(np.repeat([1.0, 0.0], [5, 9])),
    ).fit(cov_type="HC2")
    welch = stats.ttest_ind(rewarded, compared, equal_var=False)
    half = stats.t.ppf(0.975, welch.df) * fitted.bse[1]
    assert found.percent == pytest.approx(100 * math.expm1(fitted.params[1]))
    assert found.low == pytest.approx(100 * math.expm1(fitted.params[1] - half))
    assert found.high == pytest.approx(100 * math.expm1(fitted.params[1] + half))


@pytest.mark.parametrize(
    ("rewarded", "compared", "code"),
    [
        ([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4, 0.5], Refusal.REWARDED_FEW),
        ([0.1, 0.2, 0.3, 0.4, 0.5], [0.1, 0.2, 0.3, 0.4], Refusal.COMPARED_FEW),
        ([0.1] * 5, [0.2] * 5, Refusal.NO_SPREAD),
    ],
)
def test_too_little_is_refused(rewarded: list[float], compared: list[float], code: Refusal) -> None:
    with pytest.raises(EffectRefused) as refused:
        estimate(rewarded=rewarded, compared=compared)
    assert refused.value.code == code


def test_a_commune_without_a_week_or_without_anything_is_left_out() -> None:
    before, after = [MONDAY], [MONDAY + timedelta(weeks=1)]
    known = {before[0]: 10.0, after[0]: 20.0}
    assert change(known, before=before, after=after) == pytest.approx(math.log(2))
    assert change({before[0]: 10.0}, before=before, after=after) == LeftOut.WEEKS_MISSING
    assert change({**known, after[0]: 0}, before=before, after=after) == LeftOut.NOTHING


def test_weeks_are_whole_and_the_one_of_the_change_is_on_no_side() -> None:
    thursday = MONDAY + timedelta(days=3)
    found = windows(
        began_on=thursday, ended_on=None, weeks=8, today=MONDAY + timedelta(weeks=4, days=6)
    )
    assert found.before == [MONDAY - timedelta(weeks=back) for back in range(8, 0, -1)]
    assert found.during == [MONDAY + timedelta(weeks=number) for number in (1, 2, 3)]
    assert found.after == []
    monday = windows(began_on=MONDAY, ended_on=None, weeks=8, today=MONDAY + timedelta(weeks=1))
    assert monday.before[-1] == MONDAY - timedelta(weeks=1)
    assert monday.during == [MONDAY]


def test_weeks_after_the_end_begin_with_the_first_that_is_whole() -> None:
    ended_on = MONDAY + timedelta(weeks=10, days=2)
    found = windows(began_on=MONDAY, ended_on=ended_on, weeks=8, today=MONDAY + timedelta(weeks=30))
    assert len(found.during) == 8
    short = windows(
        began_on=MONDAY + timedelta(weeks=8), ended_on=ended_on, weeks=8, today=date(2027, 1, 1)
    )
    assert short.during == [MONDAY + timedelta(weeks=8), MONDAY + timedelta(weeks=9)]
    assert found.after == [MONDAY + timedelta(weeks=11 + number) for number in range(8)]
    assert windows(began_on=date(2030, 1, 1), ended_on=None, weeks=8, today=MONDAY).during == []
