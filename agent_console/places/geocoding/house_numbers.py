"""Where a house number is in its street: known, between known neighbours, or unknown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..models import Address
from .port import Precision

# Beyond the last known number of a side nothing is guessed from farther away than this.
_NEAREST_MOST = 20


@dataclass(frozen=True)
class Position:
    """Degrees (WGS 84) and what they stand for; ``postcode`` is empty when no number gives it."""

    latitude: float | None
    longitude: float | None
    precision: Precision
    postcode: str = ""


def numbers_of(streets: Iterable[int]) -> dict[int, list[Address]]:
    """The positioned house numbers of each street, by its key, in order."""
    found: dict[int, list[Address]] = {}
    addresses = Address.objects.filter(street_id__in=list(streets), latitude__isnull=False)
    for address in addresses.order_by("street_id", "number", "suffix"):
        found.setdefault(address.street_id, []).append(address)
    return found


def locate(known: Sequence[Address], *, number: int, suffix: str) -> Position | None:
    """Where ``number`` is among a street's ``known`` numbers (in order); None: nowhere near.

    The number itself if it is known; else, between the nearest known ones of its side (its
    parity) or of either side, the point in between; at the end of the street the last one, if it
    is no more than 20 away.
    """
    same = [address for address in known if address.number == number]
    if same:
        exact = [address for address in same if address.suffix == suffix]
        chosen = (exact or same)[0]
        precision = Precision.NUMBER if exact else Precision.INTERPOLATED
        return _at(chosen, precision)
    own_side = [address for address in known if address.number % 2 == number % 2]
    for side in (own_side, known):
        below = [address for address in side if address.number < number]
        above = [address for address in side if address.number > number]
        if below and above:
            return _between(below[-1], above[0], number)
    nearest = min(own_side or known, key=lambda one: abs(one.number - number), default=None)
    if nearest is None or abs(nearest.number - number) > _NEAREST_MOST:
        return None
    return _at(nearest, Precision.INTERPOLATED)


def _at(address: Address, precision: Precision) -> Position:
    return Position(address.latitude, address.longitude, precision, address.postcode)


def _between(below: Address, above: Address, number: int) -> Position:
    part = (number - below.number) / (above.number - below.number)
    assert below.latitude is not None
    assert below.longitude is not None
    assert above.latitude is not None
    assert above.longitude is not None
    return Position(
        latitude=below.latitude + part * (above.latitude - below.latitude),
        longitude=below.longitude + part * (above.longitude - below.longitude),
        precision=Precision.INTERPOLATED,
        postcode=below.postcode,
    )
