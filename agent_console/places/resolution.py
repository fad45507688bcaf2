"""What a place told in words is: the one path that every caller uses."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from .communes import Mention, commune_mention
from .geocoding.choosing import COMMUNES, geocoder
from .geocoding.communes_only import commune_place
from .geocoding.port import (
    Answer,
    Asked,
    Geocoder,
    GeocoderUnavailable,
    Place,
    Precision,
    Source,
)
from .models import Commune
from .outside import Outside, outside_find

# A street that is certainly meant, though its last word is also a town's name.
_CERTAIN = 0.9
_REFUSAL = (
    "{place} n’est pas dans la Métropole Aix-Marseille-Provence\N{NO-BREAK SPACE}: "
    "nous ne pouvons intervenir que dans ses 92 communes."
)


@dataclass(frozen=True)
class Resolution:
    """What was made of a place.

    ``found``: the text says where, if only the commune, if only that it is elsewhere.
    ``commune``: None when nothing says it, or when ``ambiguous`` places are in several.
    ``place``: the best place; of ambiguous ones the first.  ``alternatives``: the others, best
    first.  ``outside`` names a place that is not in the Metropolis and ``message`` (French) says
    so politely.  ``degraded``: the geocoder didn't answer, so only communes were looked at.
    """

    found: bool
    in_territory: bool
    label: str
    commune: Commune | None = None
    place: Place | None = None
    ambiguous: bool = False
    alternatives: Sequence[Place] = field(default_factory=tuple)
    outside: str = ""
    message: str = ""
    source: Source = Source.COMMUNES
    degraded: bool = False


def place_resolve(
    *,
    text: str,
    commune: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
) -> Resolution:
    """Find the place that ``text`` tells; ``commune`` is what was heard of it apart.

    A position (degrees, WGS 84) decides between equally good places; without any text it is the
    place.  Never raises for what a text says; a geocoder that fails is said in ``degraded``.
    """
    near = (latitude, longitude) if latitude is not None and longitude is not None else None
    if near and not text and not commune:
        return _of_position(near)
    mention = _mention(text, commune)
    outside = None
    if mention.commune is None and not mention.within:
        own = frozenset(code for one in Commune.objects.all() for code in one.postcodes)
        outside = outside_find(commune, own_postcodes=own) or outside_find(text, own_postcodes=own)
        if outside and outside.certain:
            return _refusal(outside)
    chosen = geocoder()
    answer, degraded = _answer(
        chosen,
        Asked(text=mention.rest, commune=mention.commune, within=mention.within, near=near),
    )
    best = answer.places[0] if answer.places else None
    if outside and (best is None or best.score < _CERTAIN):
        return _refusal(outside)
    source = COMMUNES.source if degraded else chosen.source
    if best is None or best.precision is Precision.COMMUNE:
        if answer.outside and mention.commune is None:
            return _refusal(Outside(answer.outside, certain=True))
        return _commune_only(text, mention, source, degraded, best, far_off=bool(answer.places[1:]))
    return _found(best, answer, mention, source)


def place_reverse(*, latitude: float, longitude: float) -> Resolution:
    """The address at a position (degrees, WGS 84), or its commune, or nothing."""
    return _of_position((latitude, longitude))


def place_suggest(text: str, *, limit: int = 8) -> Sequence[Place]:
    """What may be meant by a text that is being typed (3 characters or more), best first."""
    if len(text.strip()) < 3:
        return []
    chosen = geocoder()
    try:
        places = list(chosen.suggest(text, limit=limit))
    except GeocoderUnavailable:
        places = []
    if places or chosen is COMMUNES:
        return places
    return COMMUNES.suggest(text, limit=limit)


def _mention(text: str, commune: str) -> Mention:
    """The commune that was said apart, or the one in the text; with the rest of the text."""
    inside = commune_mention(text)
    apart = commune_mention(commune) if commune else None
    if apart is None or not apart.within:
        return inside
    # "Marseille" apart and "6e" in the text: the closer one counts.
    if inside.commune and inside.commune.insee in apart.within:
        return inside
    return Mention(apart.commune, apart.within, inside.rest, apart.postcode)


def _answer(chosen: Geocoder, asked: Asked) -> tuple[Answer, bool]:
    try:
        return chosen.search(asked), False
    except GeocoderUnavailable:
        return COMMUNES.search(asked), True


def _found(best: Place, answer: Answer, mention: Mention, source: Source) -> Resolution:
    others = list(answer.places[1:])
    commune: Commune | None = best.commune
    if answer.ambiguous:
        commune = mention.commune or _common(
            [place.commune for place in answer.places if place.score >= best.score - 0.03]
        )
    return Resolution(
        found=True,
        in_territory=True,
        label=best.label,
        commune=commune,
        place=best,
        ambiguous=answer.ambiguous,
        alternatives=others,
        source=source,
    )


def _common(found: Sequence[Commune]) -> Commune | None:
    """The commune that all are in; of several arrondissements their city."""
    if len({commune.insee for commune in found}) == 1:
        return found[0]
    cities = {commune.parent_id or commune.insee for commune in found}
    return Commune.objects.get(insee=cities.pop()) if len(cities) == 1 else None


def _commune_only(
    text: str, mention: Mention, source: Source, degraded: bool, best: Place | None, far_off: bool
) -> Resolution:
    commune = best.commune if best else mention.commune
    if commune is None:
        return Resolution(
            found=False, in_territory=False, label=text, source=source, degraded=degraded
        )
    told = text if mention.rest else ""
    return Resolution(
        found=True,
        in_territory=True,
        label=", ".join(part for part in (told, commune.name) if part),
        commune=commune,
        place=commune_place(commune),
        source=source,
        degraded=degraded,
    )


def _of_position(near: tuple[float, float]) -> Resolution:
    chosen = geocoder()
    degraded = False
    place: Place | None = None
    try:
        place = chosen.reverse(latitude=near[0], longitude=near[1])
    except GeocoderUnavailable:
        degraded = True
    source = COMMUNES.source if degraded else chosen.source
    if place is None:
        return Resolution(
            found=False, in_territory=False, label="", source=source, degraded=degraded
        )
    return Resolution(
        found=True,
        in_territory=True,
        label=place.label,
        commune=place.commune,
        place=place,
        source=source,
    )


def _refusal(outside: Outside) -> Resolution:
    return Resolution(
        found=True,
        in_territory=False,
        label=outside.name,
        outside=outside.name,
        message=_REFUSAL.format(place=outside.name),
    )
