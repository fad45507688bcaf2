"""Nearest means nearest: compared with a plain reckoning over every facility."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agent_console.facilities.hours import PARIS
from agent_console.facilities.models import Facility
from agent_console.facilities.nearest import (
    Filters,
    Point,
    _within,  # the statement that is explained
    facilities_in_commune,
    facilities_nearest,
)
from agent_console.places.positions import EARTH_RADIUS_M

HERE = Point(43.2965, 5.3698)
NOON = datetime(2026, 5, 4, 12, 30, tzinfo=PARIS)
make = Callable[..., Facility]


def metres(a: Point, b: Facility) -> float:
    """Great circle by the spherical law of cosines: another formula than the query's."""
    φ1, φ2 = math.radians(a.latitude), math.radians(b.latitude)
    turn = math.radians(b.longitude - a.longitude)
    cosine = math.sin(φ1) * math.sin(φ2) + math.cos(φ1) * math.cos(φ2) * math.cos(turn)
    return EARTH_RADIUS_M * math.acos(min(1.0, cosine))


def test_it_agrees_with_a_reckoning_over_all(metropolis: None) -> None:
    chance = random.Random(1)  # noqa: S311 - places, not secrets
    Facility.objects.bulk_create(
        Facility(
            source="test",
            external_id=str(number),
            kind=chance.choice(["glass", "textile"]),
            name=f"p{number}",
            commune_id="13055",
            latitude=chance.uniform(43.15, 43.6),
            longitude=chance.uniform(4.9, 5.7),
            accepts=["glass"],
        )
        for number in range(600)
    )
    everything = list(Facility.objects.all())
    for _ in range(25):
        point = Point(chance.uniform(43.1, 43.7), chance.uniform(4.8, 5.8))
        kind = chance.choice(["", "glass"])
        expected = sorted(
            (row for row in everything if kind in ("", row.kind) and metres(point, row) <= 50_000),
            key=lambda row: metres(point, row),
        )[:7]
        found = facilities_nearest(around=point, filters=Filters(kind=kind), at=NOON, limit=7)
        assert [row.facility.pk for row in found] == [row.pk for row in expected]
        for row in found:
            assert row.distance_m == pytest.approx(metres(point, row.facility), abs=1)


def test_filters_hold_and_what_is_retired_is_gone(make_facility: make) -> None:
    make_facility("gone", retired_at=timezone.now())
    make_facility("far", latitude=44.0, longitude=6.0)
    make_facility("textile", kind="textile", accepts=["textile"])
    open_now = make_facility("open", opening_hours="Mo-Fr 08:00-18:00", latitude=43.31)
    make_facility("shut", opening_hours="Mo-Fr 08:00-12:00")
    make_facility("unsaid")

    def ids(filters: Filters, limit: int = 10) -> set[str]:
        found = facilities_nearest(around=HERE, filters=filters, at=NOON, limit=limit)
        return {row.facility.external_id for row in found}

    assert ids(Filters()) == {"textile", "open", "shut", "unsaid"}
    assert ids(Filters(kind="textile")) == {"textile"}
    assert ids(Filters(streams=("textile", "paper"))) == {"textile"}
    assert ids(Filters(streams=("paper",))) == set()
    assert ids(Filters(is_open=True)) == {open_now.external_id}
    # The one that is open is found though a nearer one, shut, would fill the limit.
    assert ids(Filters(is_open=True), limit=1) == {"open"}


def test_many_that_are_shut_hide_none_that_is_open(make_facility: make) -> None:
    for number in range(120):
        make_facility(f"s{number}", opening_hours="Mo-Su 01:00-02:00")
    make_facility("open", opening_hours="24/7", latitude=43.305)
    found = facilities_nearest(around=HERE, filters=Filters(is_open=True), at=NOON, limit=3)
    assert [row.facility.external_id for row in found] == ["open"]


def test_a_commune_includes_its_arrondissements(make_facility: make) -> None:
    make_facility("m6", commune_id="13206", name="B")
    make_facility("aix", commune_id="13001")
    make_facility("m", name="A")

    def ids(insee: str) -> list[str]:
        found = facilities_in_commune(insee=insee, filters=Filters(), at=NOON, limit=9)
        return [row.facility.external_id for row in found]

    assert ids("13055") == ["m", "m6"]
    assert ids("13206") == ["m6"]
    assert ids("13002") == []


def test_the_window_is_read_from_the_index(metropolis: None) -> None:
    Facility.objects.bulk_create(
        Facility(
            source="test",
            external_id=str(number),
            kind="glass",
            name=f"p{number}",
            commune_id="13055",
            latitude=43.1 + (number % 100) / 150,
            longitude=4.8 + (number // 100) / 50,
        )
        for number in range(5_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE facilities_facility")
    with CaptureQueriesContext(connection) as asked:
        _within(HERE, 1_000, Filters(), NOON, 5)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "facility_position" in plan
