"""Resolving what a citizen said about a place."""

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import ConfigDict, Field, StringConstraints, model_validator

from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .geocoding.port import Place
from .models import Commune
from .selectors import Resolution, place_resolve, place_reverse, place_suggest

router = Router(tags=["places"])
SUGGEST_CHARS_MIN = 3
SUGGEST_LIMIT_MAX = 10
PlaceText = Annotated[str, StringConstraints(strict=True, max_length=300, strip_whitespace=True)]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
PrecisionName = Literal["number", "interpolated", "street", "commune"]


class CommuneOut(Schema):
    """``postcode`` is empty when the commune has several."""

    insee: str
    name: str
    postcode: str


class PlaceOut(Schema):
    """One place. Coordinates are degrees (WGS 84), null when unknown.

    ``precision``: ``number`` is the house itself, ``interpolated`` a point between known numbers,
    ``street`` the street's middle, ``commune`` the commune and nothing nearer.
    """

    label: str
    commune: CommuneOut
    insee: str
    postcode: str
    house_number: str
    street: str
    latitude: float | None
    longitude: float | None
    precision: PrecisionName
    score: Annotated[float, Field(ge=0, le=1)]


class ResolveIn(Schema):
    """What was said: the whole place, the commune when it was heard apart, a position if any.

    A position decides between equally good places; alone it is the place.
    """

    model_config = ConfigDict(extra="forbid")

    text: PlaceText = ""
    commune: PlaceText = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None

    @model_validator(mode="after")
    def _position_is_whole(self) -> "ResolveIn":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together")
        return self


class ResolveOut(Schema):
    """``found`` is false when the text says no place that we know.

    ``in_territory`` is false too when it says one outside the Metropolis: ``outside`` names it and
    ``message`` (French) may be shown.  ``commune`` is null while places in several communes are
    equally good (``ambiguous``): ``alternatives`` are what to ask about.  ``degraded``: the
    geocoder didn't answer and only communes were looked at.
    """

    found: bool
    in_territory: bool
    label: str
    commune: CommuneOut | None
    place: PlaceOut | None = None
    ambiguous: bool = False
    alternatives: list[PlaceOut] = []
    outside: str = ""
    message: str = ""
    source: Literal["own", "http", "communes"] = "communes"
    degraded: bool = False


class SuggestIn(Schema):
    """``q`` is what was typed so far."""

    q: Annotated[
        str,
        StringConstraints(strip_whitespace=True, min_length=SUGGEST_CHARS_MIN, max_length=120),
    ]
    limit: Annotated[int, Field(ge=1, le=SUGGEST_LIMIT_MAX)] = 6


class SuggestOut(Schema):
    """Best first."""

    items: list[PlaceOut]


class ReverseIn(Schema):
    """Degrees (WGS 84)."""

    latitude: Latitude
    longitude: Longitude


@router.post(
    "/resolve",
    response={200: ResolveOut, **problems(400, 401, 403, 422)},
    operation_id="place_resolve",
)
def resolve(request: HttpRequest, payload: ResolveIn) -> ResolveOut:
    """The place that a text means, or that a position is at."""
    require_scope(request, "places:read")
    return _resolution_out(
        place_resolve(
            text=payload.text,
            commune=payload.commune,
            latitude=payload.latitude,
            longitude=payload.longitude,
        )
    )


@router.get(
    "/suggest",
    response={200: SuggestOut, **problems(401, 403, 422)},
    operation_id="place_suggest",
)
def suggest(request: HttpRequest, asked: Query[SuggestIn]) -> SuggestOut:
    """What may be meant by a text that is being typed."""
    require_scope(request, "places:read")
    places = place_suggest(asked.q, limit=asked.limit)
    return SuggestOut(items=[_place_out(place) for place in places])


@router.get(
    "/reverse",
    response={200: ResolveOut, **problems(401, 403, 422)},
    operation_id="place_reverse",
)
def reverse(request: HttpRequest, asked: Query[ReverseIn]) -> ResolveOut:
    """The address at a position, or its commune, or nothing."""
    require_scope(request, "places:read")
    return _resolution_out(place_reverse(latitude=asked.latitude, longitude=asked.longitude))


def _resolution_out(found: Resolution) -> ResolveOut:
    return ResolveOut(
        found=found.found,
        in_territory=found.in_territory,
        label=found.label,
        commune=_commune_out(found.commune) if found.commune else None,
        place=_place_out(found.place) if found.place else None,
        ambiguous=found.ambiguous,
        alternatives=[_place_out(place) for place in found.alternatives],
        outside=found.outside,
        message=found.message,
        source=found.source.value,
        degraded=found.degraded,
    )


def _place_out(place: Place) -> PlaceOut:
    return PlaceOut(
        label=place.label,
        commune=_commune_out(place.commune),
        insee=place.insee,
        postcode=place.postcode,
        house_number=place.house_number,
        street=place.street,
        latitude=place.latitude,
        longitude=place.longitude,
        precision=place.precision.value,
        score=place.score,
    )


def _commune_out(commune: Commune) -> CommuneOut:
    return CommuneOut(
        insee=commune.insee,
        name=commune.name,
        postcode=commune.postcodes[0] if len(commune.postcodes) == 1 else "",
    )
