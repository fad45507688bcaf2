"""Properties of the lots, without a database."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wallet_service.ledger.lots import (
    OpenLot,
    expiry_of_credit,
    take_oldest,
)

CITY = ZoneInfo("Europe/Paris")
moments = st.datetimes(
    min_value=datetime(2024, 1, 1), max_value=datetime(2060, 1, 1), timezones=st.just(UTC)
)
lots = st.lists(
    st.builds(
        OpenLot,
        id=st.integers(min_value=1, max_value=10_000),
        points=st.integers(min_value=1, max_value=1_000),
        expires_at=moments,
    ),
    max_size=20,
    unique_by=lambda lot: lot.id,
)


@given(lots=lots, points=st.integers(min_value=1, max_value=25_000))
def test_as_much_as_there_is_is_taken_oldest_first(lots: list[OpenLot], points: int) -> None:
    taken = take_oldest(lots, points=points)
    by_id = {lot.id: lot for lot in lots}
    order = [lot.id for lot in sorted(lots, key=lambda lot: (lot.expires_at, lot.id))]
    assert sum(part.points for part in taken) == min(points, sum(lot.points for lot in lots))
    assert [part.lot for part in taken] == order[: len(taken)]
    assert all(part.points == by_id[part.lot].points for part in taken[:-1])
    assert all(1 <= part.points <= by_id[part.lot].points for part in taken)


@given(now=moments, months=st.integers(min_value=1, max_value=60))
def test_points_live_that_many_full_months_and_end_with_a_month(now: datetime, months: int) -> None:
    end = expiry_of_credit(now=now, lifetime_months=months).astimezone(CITY)
    begin = now.astimezone(CITY)
    assert (end.day, end.hour, end.minute, end.second, end.microsecond) == (1, 0, 0, 0, 0)
    assert (end.year - begin.year) * 12 + end.month - begin.month == months + 1


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (datetime(2026, 11, 24, tzinfo=UTC), datetime(2028, 12, 1, tzinfo=CITY)),
        # The next month has begun in Marseille.
        (datetime(2026, 3, 31, 22, 30, tzinfo=UTC), datetime(2028, 5, 1, tzinfo=CITY)),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), datetime(2029, 2, 1, tzinfo=CITY)),
    ],
)
def test_the_citys_month_counts(now: datetime, end: datetime) -> None:
    assert expiry_of_credit(now=now, lifetime_months=24) == end
