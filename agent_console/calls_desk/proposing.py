"""What a line proposes for the fields of the form: from the assistant, then from the geocoder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agent_console.places.geocoding.port import Precision
from agent_console.places.models import Commune
from agent_console.places.selectors import Resolution, place_resolve
from agent_console.reports.models import Category

from .understanding import Understood, understand

_PICKUP_INTENTS = frozenset({"book_pickup", "change_pickup", "cancel_pickup"})
_LIKELY = 0.02  # below, a third category is noise


@dataclass(frozen=True)
class ProposedCategory:
    """A category and how likely it is, in whole percent."""

    category: Category
    percent: int


@dataclass(frozen=True)
class Proposals:
    """What Tab fills in; empty parts propose nothing.

    ``is_away``: the assistant did not answer; ``note``: why a place is none of ours (French).
    """

    is_away: bool = False
    is_pickup: bool = False
    categories: tuple[ProposedCategory, ...] = ()
    address: str = ""
    commune: str = ""
    place: str = ""
    items: str = ""
    day: date | None = None
    last_day: date | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to take over."""
        return not (self.categories or self.address or self.commune or self.place or self.items)


def propose(text: str) -> Proposals:
    """Read a line.  Changes nothing and never raises for what it says."""
    if not text.strip():
        return Proposals()
    understood = understand(text)
    if understood is None:
        return _without_assistant(text)
    said = {kind: understood.all_of(kind) for kind in ("address", "commune", "place", "date")}
    words = {kind: found[0].value if found else "" for kind, found in said.items()}
    where = place_resolve(
        text=words["address"] or words["place"] or words["commune"], commune=words["commune"]
    )
    address, commune = _place(where, words["address"], words["commune"])
    dates = said["date"]
    return Proposals(
        is_pickup=understood.intent in _PICKUP_INTENTS,
        categories=_categories(understood),
        address=address,
        commune=commune,
        place=words["place"],
        items=", ".join(one.value for one in understood.all_of("item")),
        day=dates[0].first_day if dates else None,
        last_day=dates[0].last_day if dates else None,
        note=where.message,
    )


def _without_assistant(text: str) -> Proposals:
    """The geocoder alone reads a whole line badly: only a commune that it names is taken."""
    where = place_resolve(text=text)
    commune = where.commune.name if where.commune else ""
    return Proposals(is_away=True, commune=commune, note=where.message)


def _place(where: Resolution, said_address: str, said_commune: str) -> tuple[str, str]:
    """Address and commune as the form takes them; what the geocoder doesn't know stays as said."""
    found = where.place
    is_sure = found is not None and not where.ambiguous and found.precision is not Precision.COMMUNE
    address = said_address
    if is_sure and said_address and found is not None and found.street:
        address = " ".join(part for part in (found.house_number, found.street) if part)
    commune: Commune | None = where.commune
    if commune is not None:
        return address, commune.name
    return address, "" if where.outside else said_commune


def _categories(understood: Understood) -> tuple[ProposedCategory, ...]:
    known = Category.objects.in_bulk([one.name for one in understood.categories])
    return tuple(
        ProposedCategory(known[one.name], round(one.confidence * 100))
        for one in understood.categories
        if one.name in known and one.confidence >= _LIKELY
    )
