"""What somebody said so far, made into a search for near reports."""

import re
from datetime import datetime

from agent_console.places.geocoding.port import Precision
from agent_console.places.models import Commune
from agent_console.places.selectors import commune_find, place_resolve

from .models import Category
from .outage_reads import outage_covering, people_in
from .similar import Similar, reports_similar

# Below, a street with a similar name may be meant.
_SURE = 0.8
# A street's own position is its middle: it would hide the rest of the street.
_PRECISE = frozenset({Precision.NUMBER, Precision.INTERPOLATED})
_HAS_NUMBER = re.compile(r"\s*\d")


def similar_to_words(
    *,
    category: Category,
    latitude: float | None,
    longitude: float | None,
    address: str,
    commune: str,
    place: str,
    text: str,
    at: datetime,
    limit: int,
) -> list[Similar]:
    """Reports near what was said in words (``commune``: a name or a postcode), best first;
    before them the one that stands for an outage there.

    An address with a house number is looked up, so that distances are in metres; a geocoder that
    is away or unsure leaves the comparison by street.  Changes nothing.
    """
    found = closer = commune_find(commune) or commune_find(f"{address} {place}")
    if latitude is None or longitude is None:
        located = _located(address, found)
        if located is not None:
            latitude, longitude, closer = located
    near = reports_similar(
        category=category,
        latitude=latitude,
        longitude=longitude,
        address=address,
        commune=found,
        place=place,
        text=text,
        at=at,
        limit=limit,
    )
    outage = outage_covering(category=category, commune=closer)
    if outage is None:
        return near
    parent = Similar(
        report=outage.parent, distance_m=None, people=people_in(outage), score=1.0, outage=outage
    )
    return [parent, *(one for one in near if one.report.pk != outage.parent_id)][:limit]


def _located(address: str, commune: Commune | None) -> tuple[float, float, Commune] | None:
    """Position and commune, closer than the one that was named where that is a whole city."""
    if commune is None or not _HAS_NUMBER.match(address):
        return None
    found = place_resolve(text=address, commune=commune.name)
    place = found.place
    if place is None or found.ambiguous or found.degraded or place.score < _SURE:
        return None
    if place.precision not in _PRECISE or place.latitude is None or place.longitude is None:
        return None
    return place.latitude, place.longitude, found.commune or commune
