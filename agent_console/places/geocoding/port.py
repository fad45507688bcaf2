"""The geocoder port: what is asked, what is answered, what an adapter must do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ..models import Commune


class Precision(StrEnum):
    """What a position stands for."""

    NUMBER = "number"
    INTERPOLATED = "interpolated"
    STREET = "street"
    COMMUNE = "commune"


class Source(StrEnum):
    """Which adapter answered."""

    OWN = "own"
    HTTP = "http"
    COMMUNES = "communes"


class GeocoderUnavailable(Exception):
    """The geocoder gave no usable answer; another one may."""


@dataclass(frozen=True)
class Asked:
    """What was said of a place.

    ``within`` are the INSEE codes that the place must be in (an arrondissement, all of Marseille,
    the communes of a postcode), empty for the whole Metropolis; ``commune`` is the one that was
    named, if one was.  ``near`` is a latitude and longitude in degrees (WGS 84) to prefer.
    """

    text: str
    commune: Commune | None = None
    within: frozenset[str] = frozenset()
    near: tuple[float, float] | None = None


@dataclass(frozen=True)
class Place:
    """One place in the Metropolis; ``score`` is 0 to 1, coordinates are degrees (WGS 84)."""

    label: str
    commune: Commune
    postcode: str
    precision: Precision
    score: float
    latitude: float | None = None
    longitude: float | None = None
    house_number: str = ""
    street: str = ""

    @property
    def insee(self) -> str:
        return self.commune.insee


@dataclass(frozen=True)
class Answer:
    """Places, best first; ``ambiguous`` when the first is no better than the next.

    ``outside`` names the town that the geocoder finds the place in when that isn't ours.
    """

    places: Sequence[Place] = field(default_factory=tuple)
    ambiguous: bool = False
    outside: str = ""


class Geocoder(Protocol):
    """An adapter; every method raises ``GeocoderUnavailable`` when it can't answer."""

    source: Source

    def search(self, asked: Asked) -> Answer:
        """The places that ``asked`` may mean."""

    def suggest(self, text: str, *, limit: int) -> Sequence[Place]:
        """Places whose name goes on from ``text``, best first, at most ``limit``."""

    def reverse(self, *, latitude: float, longitude: float) -> Place | None:
        """The place nearest to a position, if one is near enough to speak of."""
