"""Signals that the console sends with a reward, and what looks wrong about them.

Pure: standard library only.  A signal is a keyed digest made by the console: equal photos or places
have equal digests, and nothing else can be read from one.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from .domain import ReviewPattern

MAX_PHOTOS = 5
SAME_PLACE_TIMES = 3
SAME_PLACE_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Signals:
    """Digests of 32 bytes."""

    photos: tuple[bytes, ...] = ()
    place: bytes | None = None

    def __bool__(self) -> bool:
        return bool(self.photos or self.place)


@dataclass(slots=True)
class Sightings:
    """What was seen before: photos by anybody and ever, places by wallet and lately."""

    photos: set[bytes] = field(default_factory=set)
    places: Counter[tuple[uuid.UUID, bytes]] = field(default_factory=Counter)

    def patterns(self, wallet_id: uuid.UUID, signals: Signals) -> list[ReviewPattern]:
        """What would look wrong if this came next."""
        found = []
        if not self.photos.isdisjoint(signals.photos):
            found.append(ReviewPattern.SAME_PHOTO)
        if signals.place and self.places[wallet_id, signals.place] + 1 >= SAME_PLACE_TIMES:
            found.append(ReviewPattern.SAME_PLACE)
        return found

    def add(self, wallet_id: uuid.UUID, signals: Signals) -> None:
        """It came."""
        self.photos.update(signals.photos)
        if signals.place:
            self.places[wallet_id, signals.place] += 1


def signals_of(photos: Iterable[str], place: str | None) -> Signals:
    """From hexadecimal digests as they are sent; a photo sent twice in one report counts once."""
    return Signals(
        photos=tuple(dict.fromkeys(bytes.fromhex(photo) for photo in photos)),
        place=bytes.fromhex(place) if place else None,
    )
