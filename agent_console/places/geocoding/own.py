"""The geocoder over our own PostgreSQL: the streets and numbers that were imported."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..models import Address, Commune
from .candidates import Match, matches
from .distances import metres
from .house_numbers import Position, locate, numbers_of
from .labels import address_label, house_number
from .port import Answer, Asked, Place, Precision, Source
from .reverse import nearest
from .suggestions import suggested

_PLACES_MAX = 8
_LOCATED_MAX = 32
# Scores this close are equally good; those farther off than the second are no alternatives.
_TIE = 0.03
_ALTERNATIVE = 0.15
# In another arrondissement than the one that was said: people mistake it often.
_ELSEWHERE = 0.9
# Of equally good places the one near the asker, when the next is at least twice as far.
_CLEARLY_NEARER = 0.5
_NEAR_METRES = 5_000


class OwnGeocoder:
    """Streets by trigram and sound, scored; numbers from the base or between its neighbours."""

    source = Source.OWN

    def search(self, asked: Asked) -> Answer:
        found = matches(asked.text, within=asked.within)
        factor = 1.0
        if not found and asked.commune and asked.commune.parent_id:
            city = Commune.objects.filter(parent_id=asked.commune.parent_id)
            found = matches(asked.text, within=frozenset(city.values_list("insee", flat=True)))
            factor = _ELSEWHERE
        if not found:
            return Answer()
        located = _located(found, asked.near)
        places = _distinct([one.place(factor) for one in located])
        return Answer(places=places[:_PLACES_MAX], ambiguous=_ambiguous(located, asked.near))

    def suggest(self, text: str, *, limit: int) -> Sequence[Place]:
        return suggested(text, limit=limit)

    def reverse(self, *, latitude: float, longitude: float) -> Place | None:
        return nearest(latitude=latitude, longitude=longitude)


@dataclass(frozen=True)
class _Located:
    match: Match
    where: Position

    def tied(self, best: float) -> bool:
        return self.match.score >= best - _TIE

    def metres_from(self, near: tuple[float, float] | None) -> float:
        if near is None or self.where.latitude is None or self.where.longitude is None:
            return float("inf")
        return metres(near, (self.where.latitude, self.where.longitude))

    def place(self, factor: float) -> Place:
        street, reading = self.match.street, self.match.reading
        number = "" if reading.number is None else house_number(reading.number, reading.suffix)
        postcode = self.where.postcode or street.postcode
        return Place(
            label=address_label(
                number=number, street=street.name, postcode=postcode, commune=street.commune
            ),
            commune=street.commune,
            postcode=postcode,
            precision=self.where.precision,
            score=round(min(self.match.score, 1.0) * factor, 3),
            latitude=self.where.latitude,
            longitude=self.where.longitude,
            house_number=number,
            street=street.name,
        )


def _located(found: list[Match], near: tuple[float, float] | None) -> list[_Located]:
    """The best matches with their positions: of tied ones those that have the number come first,
    then the nearest ones."""
    best = found[0].score
    kept = [match for match in found[:_LOCATED_MAX] if match.score >= best - _ALTERNATIVE]
    numbered = [match.street.pk for match in kept if match.reading.number is not None]
    known = numbers_of(numbered) if numbered else {}
    located = [_Located(match, _position(match, known)) for match in kept]
    order = list(Precision)
    return sorted(
        located,
        key=lambda one: (
            not one.tied(best),
            order.index(one.where.precision) if one.tied(best) else 0,
            one.metres_from(near) if one.tied(best) else 0,
            -one.match.score,
        ),
    )


def _position(match: Match, known: dict[int, list[Address]]) -> Position:
    street, reading = match.street, match.reading
    middle = Position(street.latitude, street.longitude, Precision.STREET)
    if reading.number is None:
        return middle
    numbers = known.get(street.pk, [])
    return locate(numbers, number=reading.number, suffix=reading.suffix) or middle


def _ambiguous(located: list[_Located], near: tuple[float, float] | None) -> bool:
    """Whether another street fits as well as the first, and neither number nor nearness decides."""
    first = located[0]
    best = max(one.match.score for one in located)
    rivals = [
        one
        for one in located[1:]
        if one.tied(best)
        and one.where.precision == first.where.precision
        and one.place(1).label != first.place(1).label
    ]
    if not rivals:
        return False
    distance = first.metres_from(near)
    if distance > _NEAR_METRES:
        return True
    return distance > _CLEARLY_NEARER * min(rival.metres_from(near) for rival in rivals)


def _distinct(places: list[Place]) -> list[Place]:
    """Without those that would read the same."""
    return list({place.label: place for place in reversed(places)}.values())[::-1]
