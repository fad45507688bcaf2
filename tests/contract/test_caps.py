"""What the wallet says of a cap is what the console makes parts from: both sides' own code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_console.collectors import steps
from agent_console.wallet.rewards import LIMIT_CODES, LimitReached
from agent_console.wallet.rewards import limit_reached as limit_read
from wallet_service.rewards.errors import LIMIT_REFUSALS
from wallet_service.rewards.terms import Limit, Periods, RuleTerms, Usage, limit_reached

FIRST = datetime(2026, 10, 24, 11, 0, tzinfo=UTC)  # clocks change the night after


class Rule:
    """A wallet that has earned under one rule, day after day, with the wallet's own arithmetic."""

    def __init__(self, terms: RuleTerms) -> None:
        self.terms = terms
        self.given: list[tuple[datetime, int]] = []

    def ask(self, items: int, at: datetime) -> tuple[str, LimitReached] | None:
        """``None`` when the points are given, else what the console reads of the refusal."""
        points, periods = items * self.terms.points, Periods.at(at)
        usage = Usage(
            day_points=sum(p for when, p in self.given if when >= periods.day_from),
            month_points=sum(p for when, p in self.given if when >= periods.month_from),
            last_at=self.given[-1][0] if self.given else None,
        )
        reached = limit_reached(self.terms, points=points, usage=usage, at=at, periods=periods)
        if reached is None:
            self.given.append((at, points))
            return None
        refusal = LIMIT_REFUSALS[reached.limit](reached)
        return refusal.code, limit_read(refusal.fields)


def test_the_console_knows_every_limit() -> None:
    assert {limit.value for limit in Limit} == LIMIT_CODES


@given(
    points=st.integers(1, 12),
    day=st.none() | st.integers(12, 60),
    month=st.none() | st.integers(60, 300),
    cooling_off_s=st.sampled_from([0, 0, 600, 40 * 3600]),
    items=st.integers(1, 60),
    spread_s=st.integers(0, steps.SPREAD_S - 1),
)
def test_a_deposit_is_given_whole_in_parts_that_the_rule_allows(
    points: int, day: int | None, month: int | None, cooling_off_s: int, items: int, spread_s: int
) -> None:
    rule = Rule(RuleTerms(points, day, month, cooling_off_s))
    now, size, left, asked = FIRST, items, items, 0
    while left:
        asked += 1
        refused = rule.ask(size, now)
        if refused is None:
            left -= size
            size = left
            continue
        step = steps.after_limit(
            items=size, limit=refused[1], due_at=FIRST, now=now, spread_s=spread_s
        )
        match step:
            case steps.Smaller(fewer):
                assert 0 < fewer < size
                size = fewer
            case steps.Later(at):
                assert now < at < FIRST + steps.WAIT_MAX + timedelta(seconds=steps.SPREAD_S)
                now = at
            case steps.Never(code):
                assert code == steps.WAITED_TOO_LONG
                assert now > FIRST + timedelta(days=300)
                break
    assert sum(p for _, p in rule.given) == (items - left) * points
    # A part costs at most one try for each cap that makes it smaller and each wait before it.
    assert asked <= 4 * (len(rule.given) + 1)


@pytest.mark.parametrize("terms", [RuleTerms(10, 9), RuleTerms(10, None, 9), RuleTerms(10, 9, 9)])
def test_a_cap_that_holds_not_one_item_is_the_end(terms: RuleTerms) -> None:
    refused = Rule(terms).ask(3, FIRST)
    assert refused is not None
    step = steps.after_limit(items=3, limit=refused[1], due_at=FIRST, now=FIRST, spread_s=0)
    assert step == steps.Never(steps.CAP_BELOW_ITEM)
