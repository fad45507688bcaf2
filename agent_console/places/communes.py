"""Which commune a text means, and what it says beside that."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from .geocoding.sounds import distance
from .geocoding.words import ARTICLES, kind_of
from .models import Commune
from .names import Span, Words, arrondissement_span, postcode_span, words_of
from .vocabulary import vocabulary

_MARSEILLE_POSTCODE = "130{:02}"
# What is said for a commune beside its name.
_ALIASES = {
    "aix": "13001",
    "salon": "13103",
    "les pennes": "13071",
    "la fare": "13037",
    "port saint louis": "13078",
}
# Beside the kinds of street: what else is named after a town.
_NAMED_AFTER = vocabulary(
    "gare stade hotel cafe bar restaurant clinique hopital lycee college ecole pont port"
)
_NEARBY = frozenset(vocabulary("pres vers direction proche"))
_FUZZY_CHARS_MIN = 6
_FUZZY_ANYWHERE_CHARS_MIN = 8
_TWO_EDITS_CHARS_MIN = 9


@dataclass(frozen=True)
class Mention:
    """What a text says of the commune.

    ``within`` are the INSEE codes of all that it may mean (the communes of a shared postcode,
    Marseille's arrondissements), empty when it says nothing; ``rest`` is the text without it,
    folded.  ``postcode`` is the code that was written, ours or not.
    """

    commune: Commune | None
    within: frozenset[str]
    rest: str
    postcode: str = ""


@dataclass(frozen=True)
class _Named:
    commune: Commune
    span: Span


def commune_find(text: str) -> Commune | None:
    """The commune or arrondissement named in ``text``, or ``None``.

    Understands names in any spelling of accents, hyphens and "St" and with a slip of the pen,
    postcodes, and Marseille's arrondissements ("Marseille 6e", "sixième arrondissement", "13006").
    A postcode shared by several communes decides nothing unless one of them is named too.  A name
    that belongs to a street is not the place.
    """
    return commune_mention(text).commune


def commune_mention(text: str) -> Mention:
    """What ``text`` says of the commune, and the rest of it."""
    words = words_of(text)
    everything = list(Commune.objects.all())
    named = list(_named(words, everything))
    spans = [found.span for found in named]
    arrondissement = arrondissement_span(words.words)
    code = postcode_span(words.words)
    if arrondissement:
        spans.append(arrondissement[1])
    if code:
        spans.append(code[1])
    rest = words.without(spans)
    postcode = code[0] if code else ""
    if arrondissement:
        exact = _having(everything, _MARSEILLE_POSTCODE.format(arrondissement[0]))
        others = {found.commune.insee for found in named} - {exact[0].parent_id if exact else None}
        if exact and not others:
            return Mention(exact[0], frozenset({exact[0].insee}), rest, postcode)
    sharing = _having(everything, postcode) if postcode else []
    if len(sharing) == 1:
        return Mention(sharing[0], _parts(sharing[0], everything), rest, postcode)
    said = [found for found in named if found.commune in sharing] or named
    if said:
        commune = _meant(words, said).commune
        return Mention(commune, _parts(commune, everything), rest, postcode)
    return Mention(None, frozenset(commune.insee for commune in sharing), rest, postcode)


def communes() -> QuerySet[Commune]:
    """The communes without Marseille's arrondissements, in the order that people look for them."""
    return Commune.objects.filter(parent=None).order_by("search_name")


def stands_in_street(words: Words, at: int) -> bool:
    """Whether the name at ``at`` is a street's ("rue d’Aubagne") or a house's ("gare d’Aix")."""
    before = at - 1
    while before >= 0 and before + 1 not in words.breaks and words.words[before] in ARTICLES:
        if words.words[before] in ("a", "au", "aux"):
            return False
        before -= 1
    if before < 0 or before + 1 in words.breaks:
        return False
    word = words.words[before]
    if word == "quartier":
        return False
    return bool(kind_of(word)) or word in _NAMED_AFTER


def _named(words: Words, everything: list[Commune]) -> Iterator[_Named]:
    """Communes named as places of their own; of overlapping names the longest."""
    taken: set[int] = set()
    by_insee = {commune.insee: commune for commune in everything}
    names = [
        (name, commune)
        for commune in everything
        if commune.parent_id is None
        for name in _spellings(commune.search_name)
    ]
    names += [(name, by_insee[code]) for name, code in _ALIASES.items() if code in by_insee]
    for exact in (True, False):
        for name, commune in sorted(names, key=lambda pair: -len(pair[0])):
            size = len(name.split())
            for at in range(len(words.words) - size + 1):
                span = set(range(at, at + size))
                if taken & span or stands_in_street(words, at):
                    continue
                if name in _ALIASES and not (words.opens(at) or at + size == len(words.words)):
                    continue
                said = " ".join(words.words[at : at + size])
                if said == name if exact else _is_slip(words, at, said, name):
                    taken |= span
                    yield _Named(commune, Span(at, at + size))


def _spellings(name: str) -> list[str]:
    """A commune's folded name, and the same without its article."""
    first, _, rest = name.partition(" ")
    return [name, rest] if first in ("la", "le", "les", "l") else [name]


def _is_slip(words: Words, at: int, said: str, name: str) -> bool:
    """Whether ``said`` is ``name`` with a slip, where a commune may be expected."""
    if len(name) < _FUZZY_CHARS_MIN or name in _ALIASES or abs(len(said) - len(name)) > 2:
        return False
    if len(name) < _FUZZY_ANYWHERE_CHARS_MIN and not words.opens(at):
        return False
    most = 2 if len(name) >= _TWO_EDITS_CHARS_MIN else 1
    return said[0] == name[0] and distance(said, name, most) <= most


def _meant(words: Words, named: list[_Named]) -> _Named:
    """Of several communes the last one, those apart that only say which way ("près de Cassis")."""
    here = [
        found
        for found in named
        if not _NEARBY & set(words.words[max(found.span.start - 2, 0) : found.span.start])
    ]
    return max(here or named, key=lambda found: found.span.start)


def _parts(commune: Commune, everything: list[Commune]) -> frozenset[str]:
    return frozenset(
        {commune.insee} | {part.insee for part in everything if part.parent_id == commune.insee}
    )


def _having(everything: list[Commune], postcode: str) -> list[Commune]:
    """The arrondissement of a postcode, or the communes that have it."""
    found = [commune for commune in everything if postcode in commune.postcodes]
    return [commune for commune in found if commune.parent_id] or found
