"""Where an address is: a port, so that a geocoder can be plugged in without this app knowing it.

Until one is connected a text is understood as far as its commune, which answers with the list of
that commune's facilities instead of distances.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from agent_console.places.models import Commune
from agent_console.places.selectors import commune_find

from .nearest import Point


@dataclass(frozen=True)
class Located:
    """A place in words, its commune, and its position when that is known."""

    label: str
    commune: Commune
    point: Point | None


type Locator = Callable[[str], Located | None]


def located_by_commune(text: str) -> Located | None:
    """The commune that ``text`` names, without a position; ``None`` when it names none."""
    commune = commune_find(text)
    return None if commune is None else Located(commune.name, commune, None)


_locator: list[Locator] = [located_by_commune]


def locator_connect(locator: Locator) -> Locator:
    """Answer ``locate`` with ``locator`` from now on; returns the one before.

    For an ``AppConfig.ready()``; ``locator`` returns ``None`` for what it can't place.
    """
    before, _locator[0] = _locator[0], locator
    return before


def locate(text: str) -> Located | None:
    """Where ``text`` is, or ``None`` when nothing in the Metropolis is recognised."""
    return _locator[0](text)
