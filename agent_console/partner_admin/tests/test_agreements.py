"""What agreements mean on a day."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_console.partner_admin.agreements import (
    AgreementState,
    agreement_status,
    overlapping,
)
from agent_console.wallet.partners import AgreementView

TODAY = date(2026, 11, 24)


def _between(first: int, last: int) -> AgreementView:
    return AgreementView(
        id=uuid.uuid4(),
        starts_on=TODAY + timedelta(days=first),
        ends_on=TODAY + timedelta(days=last),
        reference="C",
        actor=uuid.uuid4(),
        created_at=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    ("periods", "state", "day"),
    [
        ([], AgreementState.NONE, None),
        ([(-5, 31)], AgreementState.IN_FORCE, 31),
        ([(-5, 30)], AgreementState.ENDING, 30),
        ([(0, 0)], AgreementState.ENDING, 0),
        ([(-5, -1)], AgreementState.ENDED, -1),
        ([(1, 400)], AgreementState.UPCOMING, 1),
        ([(-5, 10), (11, 400)], AgreementState.IN_FORCE, 400),
        ([(-5, 10), (12, 400)], AgreementState.ENDING, 10),
        ([(-90, -30), (20, 400)], AgreementState.UPCOMING, 20),
    ],
)
def test_the_state_on_a_day(
    periods: list[tuple[int, int]], state: AgreementState, day: int | None
) -> None:
    status = agreement_status([_between(*one) for one in periods], today=TODAY)
    assert status.state == state
    assert status.day == (None if day is None else TODAY + timedelta(days=day))


_periods = st.tuples(st.integers(-60, 60), st.integers(0, 60)).map(lambda p: (p[0], p[0] + p[1]))


@given(_periods, _periods)
def test_two_periods_overlap_exactly_when_they_share_a_day(
    one: tuple[int, int], other: tuple[int, int]
) -> None:
    days = [set(range(first, last + 1)) for first, last in (one, other)]
    candidate = _between(*other)
    found = overlapping([_between(*one)], starts_on=candidate.starts_on, ends_on=candidate.ends_on)
    assert (found is not None) == bool(days[0] & days[1])
