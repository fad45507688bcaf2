"""Invented streets of a commune: the same for a seed, so that reports meet in the same places."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from .city import Weighted, Words, commune_centres

_KM_PER_DEGREE = 111.2
_PEOPLE_PER_STREET = 120
_STREETS_MIN, _STREETS_MAX = 12, 400


@dataclass(frozen=True, slots=True)
class Street:
    """``insee`` is what its reports name: a commune or an arrondissement."""

    insee: str
    name: str
    latitude: float
    longitude: float
    numbers: int


def streets_of(*, insee: str, population: int, words: Words, seed: int) -> list[Street]:
    """Streets spread around the commune's middle, the more the more people live there."""
    random = Random(f"{seed} {insee}")  # noqa: S311 - a simulation
    count = min(max(population // _PEOPLE_PER_STREET, _STREETS_MIN), _STREETS_MAX)
    kinds = Weighted.of(dict(words.street_kinds))
    latitude, longitude = commune_centres()[insee]
    spread_km = min(0.3 + math.sqrt(population) / 200, 1.6)
    names: dict[str, None] = {}
    while len(names) < count:
        names[f"{kinds.draw(random)} {random.choice(words.street_names)}"] = None
    return [
        Street(insee, name, *moved(random, latitude, longitude, spread_km), random.randint(8, 160))
        for name in names
    ]


def moved(random: Random, latitude: float, longitude: float, km: float) -> tuple[float, float]:
    """A point nearby, normally distributed; five decimals are about a metre."""
    north, east = random.gauss(0, km), random.gauss(0, km)
    return (
        round(latitude + north / _KM_PER_DEGREE, 5),
        round(longitude + east / (_KM_PER_DEGREE * math.cos(math.radians(latitude))), 5),
    )
