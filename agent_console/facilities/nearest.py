"""The nearest facilities: a window on the position's index first, great circles within it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import ASin, Cos, Least, Power, Radians, Sin, Sqrt

from agent_console.places.positions import EARTH_RADIUS_M, in_window

from .hours import OpeningNow, OpenState, opening_now
from .models import Facility

# Windows that are tried one after the other; what is further than the last is not near.
_RADII_M = (1_000, 4_000, 16_000, 50_000)
RADIUS_MAX_M = _RADII_M[-1]
_CHUNK = 100


@dataclass(frozen=True)
class Point:
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class Filters:
    """What is looked for; empty means anything.  A facility that takes one of ``streams`` fits."""

    kind: str = ""
    streams: tuple[str, ...] = ()
    is_open: bool = False


@dataclass(frozen=True)
class FoundFacility:
    """A facility, how far it is (``None`` when nobody said from where), and whether it is open."""

    facility: Facility
    distance_m: int | None
    opening: OpeningNow


def facilities_nearest(
    *, around: Point, filters: Filters, at: datetime, limit: int
) -> list[FoundFacility]:
    """The ``limit`` nearest facilities within ``RADIUS_MAX_M``, nearest first.

    Exact: a window holds every facility within its radius, and it is only believed when it holds
    enough of them.  The window does not reach across the 180th meridian.
    """
    found: list[FoundFacility] = []
    for radius in _RADII_M:
        found = list(_within(around, radius, filters, at, limit))
        if len(found) == limit:
            break
    return found


def facilities_in_commune(
    *, insee: str, filters: Filters, at: datetime, limit: int
) -> list[FoundFacility]:
    """Facilities of a commune (all of Marseille's for 13055) by name."""
    rows = _filtered(filters).filter(_in_commune(insee)).select_related("commune")
    return _taken(rows.order_by("name", "id"), filters, at, limit)


def facilities_everywhere(*, filters: Filters, at: datetime, limit: int) -> list[FoundFacility]:
    """Facilities of the whole Metropolis, by commune and name."""
    rows = _filtered(filters).select_related("commune")
    return _taken(rows.order_by("commune__name", "name", "id"), filters, at, limit)


def _within(
    around: Point, radius_m: int, filters: Filters, at: datetime, limit: int
) -> Sequence[FoundFacility]:
    rows = (
        _filtered(filters)
        .filter(in_window(around.latitude, around.longitude, radius_m))
        .annotate(distance_m=_distance(around))
        .filter(distance_m__lte=radius_m)
        .select_related("commune")
        .order_by("distance_m", "id")
    )
    return _taken(rows, filters, at, limit)


def _filtered(filters: Filters) -> QuerySet[Facility]:
    rows = Facility.objects.filter(retired_at=None)
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.streams:
        rows = rows.filter(accepts__overlap=list(filters.streams))
    return rows


def _taken(
    rows: QuerySet[Facility], filters: Filters, at: datetime, limit: int
) -> list[FoundFacility]:
    """The first ``limit``; who is open is decided here, so those that are shut are read too."""
    taken: list[FoundFacility] = []
    for row in _read(rows, None if filters.is_open else limit):
        opening = opening_now(row.opening_hours, at=at)
        if filters.is_open and opening.state is not OpenState.OPEN:
            continue
        distance = getattr(row, "distance_m", None)
        taken.append(FoundFacility(row, None if distance is None else round(distance), opening))
        if len(taken) == limit:
            break
    return taken


def _read(rows: QuerySet[Facility], limit: int | None) -> Iterator[Facility]:
    if limit is not None:
        yield from rows[:limit]
        return
    start = 0
    while chunk := list(rows[start : start + _CHUNK]):
        yield from chunk
        start += _CHUNK


def _in_commune(insee: str) -> Q:
    return Q(commune_id=insee) | Q(commune__parent_id=insee)


def _distance(around: Point) -> Combinable:
    """Metres on a sphere (haversine)."""
    half_latitude = Sin(Radians(F("latitude") - Value(around.latitude)) / 2)
    half_longitude = Sin(Radians(F("longitude") - Value(around.longitude)) / 2)
    cosines = Cos(Radians(F("latitude"))) * Value(math.cos(math.radians(around.latitude)))
    chord = Power(half_latitude, 2) + cosines * Power(half_longitude, 2)
    return ExpressionWrapper(
        Value(2 * EARTH_RADIUS_M) * ASin(Least(Sqrt(chord), Value(1.0))), output_field=FloatField()
    )
