"""Which commune a text means."""

import re

from django.db.models import QuerySet

from .models import Commune
from .names import arrondissement_in, fold, postcode_in

_MARSEILLE_POSTCODE = "130{:02}"
# What stands before a commune's name when the name is a street's ("rue d'Aubagne" is in Marseille).
_STREET_BEFORE = re.compile(
    r"\b(?:rue|r|avenue|av|ave|boulevard|bd|bld|boul|chemin|che|route|rte|place|pl|cours|allees?|all"
    r"|impasse|imp|traverse|montee|quai|square|rond point|porte|gare|stade|autoroute)"
    r"(?: (?:de|d|du|des|la|le|les|l))* $"
)


def commune_find(text: str) -> Commune | None:
    """The commune or arrondissement named in ``text``, or ``None``.

    Understands names in any spelling of accents, hyphens and "St", postcodes, and Marseille's
    arrondissements ("Marseille 6e", "6ème arrondissement", "13006").  Of several names the longest
    wins ("Saint-Paul-lès-Durance" before "Durance"); a postcode shared by several communes decides
    nothing unless one of them is named too.  A name that belongs to a street is not the place.
    """
    folded = f" {fold(text)} "
    number = arrondissement_in(folded)
    if number is not None:
        return _by_postcode(_MARSEILLE_POSTCODE.format(number))
    named = [
        commune
        for commune in Commune.objects.filter(parent=None)
        if _is_named(commune.search_name, folded)
    ]
    code = postcode_in(text)
    if code is not None:
        exact = _by_postcode(code)
        if exact is not None:
            return exact
        sharing = [commune for commune in named if code in commune.postcodes]
        named = sharing or named
    return max(named, key=lambda commune: len(commune.search_name), default=None)


def _is_named(name: str, folded: str) -> bool:
    """Whether ``name`` stands in the text as a place of its own; both folded, text padded."""
    return any(
        not _STREET_BEFORE.search(folded[: match.start() + 1])
        for match in re.finditer(f" {re.escape(name)}(?= )", folded)
    )


def _by_postcode(code: str) -> Commune | None:
    """The arrondissement of a postcode, or the only commune that has it."""
    found = list(Commune.objects.filter(postcodes__contains=[code]))
    arrondissements = [commune for commune in found if commune.parent_id]
    candidates = arrondissements or found
    return candidates[0] if len(candidates) == 1 else None


def communes() -> QuerySet[Commune]:
    """The communes without Marseille's arrondissements, in the order that people look for them."""
    return Commune.objects.filter(parent=None).order_by("search_name")
