"""Where an address is, as the territory's geocoder finds it."""

from __future__ import annotations

from dataclasses import dataclass

from agent_console.places.models import Commune
from agent_console.places.selectors import place_resolve

from .nearest import Point


@dataclass(frozen=True)
class Located:
    """A place in words, its commune, and its position when that is known."""

    label: str
    commune: Commune
    point: Point | None


def locate(text: str) -> Located | None:
    """Where ``text`` is, or ``None`` when nothing in the Metropolis is recognised.

    Without a position (no addresses are loaded, several places are meant) the commune answers with
    the list of its facilities instead of distances.
    """
    found = place_resolve(text=text)
    if found.commune is None:
        return None
    place = None if found.ambiguous else found.place
    if place is None or place.latitude is None or place.longitude is None:
        return Located(found.label or found.commune.name, found.commune, None)
    return Located(place.label, found.commune, Point(place.latitude, place.longitude))
