"""Where things are and what goes where, for the dialogue's actions.

Reads carry an ETag of their content; ``If-None-Match`` answers 304.  What is open changes with the
clock, and so does the ETag.
"""

import uuid
from datetime import datetime
from typing import Annotated

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.http import conditional_page
from ninja import Query, Router, Schema
from ninja.decorators import decorate_view
from pydantic import ConfigDict, Field, StringConstraints

from agent_console.places.models import Commune
from service_kit.openapi import problems
from service_kit.problems import refuse
from service_kit.tokens import require_scope

from .hours import OpeningNow, opening_now, week_from
from .locating import Located, locate
from .models import Facility
from .nearest import (
    Filters,
    FoundFacility,
    Point,
    facilities_in_commune,
    facilities_nearest,
)
from .selectors import facility_find
from .sorting.selectors import QUERY_CHARS_MAX, LocalRule, sorting_answer
from .vocabulary import Accessibility, Kind, Stream

SCOPE = "facilities:read"
facilities = Router(tags=["facilities"])
sorting = Router(tags=["sorting"])
Text = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
Insee = Annotated[str, StringConstraints(pattern=r"^(?:\d{5})?$")]


class OpeningOut(Schema):
    """``state``: open, closed or unknown; ``until`` null: for good; ``text`` in French."""

    state: str
    until: datetime | None
    text: str


class FacilityOut(Schema):
    """``distance_m`` in metres as the crow flies, null when only a commune was given."""

    id: uuid.UUID
    kind: Kind
    kind_label: str
    name: str
    address: str
    commune: str
    insee: str
    latitude: float
    longitude: float
    distance_m: int | None
    opening: OpeningOut
    accepts: list[Stream]
    accessibility: Accessibility
    phone: str
    notes: str
    is_example: bool


class NearestOut(Schema):
    """``around``: the place in words; empty when coordinates were given."""

    around: str
    facilities: list[FacilityOut]


class DayOut(Schema):
    label: str
    hours: str


class FacilityDetailOut(FacilityOut):
    """With the coming seven days, public holidays included."""

    week: list[DayOut]


class NearestIn(Schema):
    """From coordinates, a commune's INSEE code or an address as text: the first given."""

    model_config = ConfigDict(extra="forbid")

    lat: float | None = Field(None, ge=-90, le=90)
    lon: float | None = Field(None, ge=-180, le=180)
    commune: Insee = ""
    address: Text = ""
    kind: Kind | None = None
    waste: Stream | None = None
    open_now: bool = False
    limit: int = Field(5, ge=1, le=50)


class RuleOut(Schema):
    """``is_confirmed`` is false where the commune may differ from the national default."""

    code: str
    name: str
    outlet: str
    outlet_label: str
    advice: str
    streams: list[Stream]
    is_confirmed: bool
    is_override: bool


class SortingOut(Schema):
    """``certainty``: sure (``rule``), unsure (``alternatives`` only) or unknown (neither)."""

    certainty: str
    rule: RuleOut | None
    alternatives: list[RuleOut]


class SortingIn(Schema):
    model_config = ConfigDict(extra="forbid")

    waste: Annotated[
        str, StringConstraints(min_length=1, max_length=QUERY_CHARS_MAX, strip_whitespace=True)
    ]
    commune: Insee = ""


@facilities.get(
    "/nearest",
    response={200: NearestOut, **problems(401, 403, 404, 422)},
    operation_id="facilities_nearest",
)
@decorate_view(conditional_page)
def nearest(request: HttpRequest, asked: Query[NearestIn]) -> NearestOut:
    """The nearest facilities within 50 km; by name when only the commune is known."""
    require_scope(request, SCOPE)
    now = timezone.now()
    filters = Filters(
        kind=asked.kind or "",
        streams=(asked.waste,) if asked.waste else (),
        is_open=asked.open_now,
    )
    place = _place(asked)
    if isinstance(place, Point) or place.point is not None:
        around = place if isinstance(place, Point) else place.point
        assert around is not None
        found = facilities_nearest(around=around, filters=filters, at=now, limit=asked.limit)
    else:
        found = facilities_in_commune(
            insee=place.commune.insee, filters=filters, at=now, limit=asked.limit
        )
    label = "" if isinstance(place, Point) else place.label
    return NearestOut(around=label, facilities=[_found_out(row) for row in found])


@facilities.get(
    "/{uuid:facility_id}",
    response={200: FacilityDetailOut, **problems(401, 403, 404, 422)},
    operation_id="facility_get",
)
@decorate_view(conditional_page)
def one(request: HttpRequest, facility_id: uuid.UUID) -> FacilityDetailOut:
    """One facility in service."""
    require_scope(request, SCOPE)
    facility = facility_find(facility_id=facility_id)
    if facility is None:
        refuse(404, "facility_unknown", "Ce point de collecte n’existe pas ou plus.")
    now = timezone.now()
    out = _facility_out(facility, None, opening_now(facility.opening_hours, at=now))
    week = [
        DayOut(label=day.label, hours=day.hours)
        for day in week_from(facility.opening_hours, at=now)
    ]
    return FacilityDetailOut(**out.model_dump(), week=week)


@sorting.get(
    "",
    response={200: SortingOut, **problems(401, 403, 404, 422)},
    operation_id="sorting_find",
)
@decorate_view(conditional_page)
def find(request: HttpRequest, asked: Query[SortingIn]) -> SortingOut:
    """Where a waste goes, as it holds in a commune when one is given."""
    require_scope(request, SCOPE)
    commune = _commune(asked.commune) if asked.commune else None
    answer = sorting_answer(query=asked.waste, commune=commune)
    return SortingOut(
        certainty=answer.certainty,
        rule=_rule_out(answer.rule) if answer.rule else None,
        alternatives=[_rule_out(rule) for rule in answer.alternatives],
    )


def _place(asked: NearestIn) -> Point | Located:
    if asked.lat is not None and asked.lon is not None:
        return Point(asked.lat, asked.lon)
    if asked.lat is not None or asked.lon is not None:
        refuse(422, "place_incomplete", "Donnez la latitude et la longitude.", lat="incomplete")
    if asked.commune:
        commune = _commune(asked.commune)
        return Located(commune.name, commune, None)
    if not asked.address:
        refuse(422, "place_missing", "Il manque le lieu : coordonnées, commune ou adresse.")
    located = locate(asked.address)
    if located is None:
        refuse(
            404,
            "place_unknown",
            "Ce lieu n’est pas reconnu dans la Métropole Aix-Marseille-Provence.",
        )
    return located


def _commune(insee: str) -> Commune:
    commune = Commune.objects.filter(pk=insee).first()
    if commune is None:
        refuse(
            404,
            "commune_unknown",
            "Cette commune n’est pas dans la Métropole Aix-Marseille-Provence.",
        )
    return commune


def _found_out(found: FoundFacility) -> FacilityOut:
    return _facility_out(found.facility, found.distance_m, found.opening)


def _facility_out(facility: Facility, distance_m: int | None, opening: OpeningNow) -> FacilityOut:
    return FacilityOut(
        id=facility.id,
        kind=Kind(facility.kind),
        kind_label=str(Kind(facility.kind).label),
        name=facility.name,
        address=facility.address,
        commune=facility.commune.name,
        insee=facility.commune_id,
        latitude=facility.latitude,
        longitude=facility.longitude,
        distance_m=distance_m,
        opening=OpeningOut(state=opening.state, until=opening.until, text=opening.text),
        accepts=[Stream(code) for code in facility.accepts],
        accessibility=Accessibility(facility.accessibility),
        phone=facility.phone,
        notes=facility.notes,
        is_example=facility.is_example,
    )


def _rule_out(rule: LocalRule) -> RuleOut:
    return RuleOut(
        code=rule.code,
        name=rule.name,
        outlet=rule.outlet,
        outlet_label=rule.outlet_label,
        advice=rule.advice,
        streams=[Stream(code) for code in rule.streams],
        is_confirmed=rule.is_confirmed,
        is_override=rule.is_override,
    )
