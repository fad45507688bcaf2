"""Typeahead over our own streets: what is being typed, then what it may have been meant as.

Indexes: ``places_street_written`` (names as they are written), ``places_street_core_trgm``.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from django.db.models import F, Func, QuerySet, TextField
from django.db.models.functions import Coalesce, Collate, Length

from ..communes import commune_mention
from ..models import Street
from .candidates import matches
from .house_numbers import locate, numbers_of
from .labels import address_label, house_number
from .port import Place, Precision
from .words import expanded, split_kind

_NUMBER = re.compile(r"^\s*(?P<number>\d{1,4})\s*(?P<suffix>bis|ter|quater|[a-z])?\b[\s,]+", re.I)
_CORE_CHARS_MIN = 3
# An arrondissement counts as its city.
_CITY_FIRST = Coalesce("commune__parent__population", "commune__population").desc()
_LAST_CHARACTER = "\U0010ffff"


def suggested(text: str, *, limit: int) -> Sequence[Place]:
    """Streets whose name goes on from ``text``, filled up with those that are meant by it."""
    number = _NUMBER.match(text)
    mention = commune_mention(text[number.end() :] if number else text)
    if len(mention.rest) < _CORE_CHARS_MIN:
        return []
    streets = {
        street.pk: street for street in islice(_streets(mention.rest, mention.within, limit), limit)
    }
    return _places(
        list(streets.values()),
        number=int(number["number"]) if number else None,
        suffix=(number["suffix"] or "").lower() if number else "",
    )


def _streets(typed: str, within: frozenset[str], limit: int) -> Iterator[Street]:
    """The likeliest first, each once; the dearer searches only run when there is room left."""
    seen: set[int] = set()
    for streets in (_begun(typed, within), _containing(typed, within)):
        for street in streets[:limit]:
            if street.pk not in seen:
                seen.add(street.pk)
                yield street
    for match in matches(typed, within=within):
        if match.street.pk not in seen:
            yield match.street


def _begun(typed: str, within: frozenset[str]) -> QuerySet[Street]:
    """Streets whose written name begins so, in the order of the index."""
    written = Collate(Func(F("name"), function="places_fold", output_field=TextField()), "C")
    return (
        _within(within)
        .annotate(written=written)
        .filter(written__gte=typed, written__lt=typed + _LAST_CHARACTER)
        .order_by("written", _CITY_FIRST, "pk")
    )


def _containing(typed: str, within: frozenset[str]) -> QuerySet[Street]:
    """Streets of the kind that was typed, if any, whose name has the typed letters in it."""
    words = split_kind(expanded(typed))
    core = " ".join(words.core)
    if len(core) < _CORE_CHARS_MIN:
        return Street.objects.none()
    streets = _within(within).filter(core__contains=core)
    if words.kind:
        streets = streets.filter(kind=words.kind)
    return streets.order_by(Length("core"), _CITY_FIRST, "pk")


def _within(codes: frozenset[str]) -> QuerySet[Street]:
    streets = Street.objects.select_related("commune")
    return streets.filter(commune_id__in=codes) if codes else streets


def _places(streets: Sequence[Street], *, number: int | None, suffix: str) -> list[Place]:
    known = numbers_of(street.pk for street in streets) if number is not None else {}
    said = house_number(number, suffix) if number is not None else ""
    places = []
    for rank, street in enumerate(streets):
        where = (
            locate(known.get(street.pk, []), number=number, suffix=suffix)
            if number is not None
            else None
        )
        postcode = (where.postcode if where else "") or street.postcode
        places.append(
            Place(
                label=address_label(
                    number=said, street=street.name, postcode=postcode, commune=street.commune
                ),
                commune=street.commune,
                postcode=postcode,
                precision=where.precision if where else Precision.STREET,
                score=round(1 - rank * 0.05, 3),
                latitude=where.latitude if where else street.latitude,
                longitude=where.longitude if where else street.longitude,
                house_number=said,
                street=street.name,
            )
        )
    return list({place.label: place for place in places}.values())
