"""Communes of the territory as people write them, postcodes and Marseille's arrondissements.

The names come from the look-up table ``commune`` of the training data, so that a new spelling is
a line there and no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from bot.entities.words import NUMBER_WORDS, Span, Token, fold, number_of, tokens_of, vocabulary

POSTCODE = re.compile(r"(?:13|83|84)\d{3}")
MARSEILLE = "Marseille"
_ORDINALS = vocabulary(
    "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme "
    "dixieme onzieme douzieme treizieme quatorzieme quinzieme seizieme"
)
_ORDINAL = re.compile(r"(1[0-6]|[1-9])(?:er|ere|e|eme|ieme)")
_WORDS_OF_ARRONDISSEMENT = {"arrondissement", "arrdt", "ardt", "arr", "arrond", "arrt"}
_MARSEILLE_SAID = {"marseille", "marseil", "marseile", "mars", "mrs"}
_SMALL_WORDS = {"les", "en", "sur", "de", "du", "la", "le", "des", "et", "l'", "d'"}
# Alone these are everyday words, or parts of street names, rather than a commune.
_NEVER_ALONE = {"la", "le", "les", "saint", "port", "grans", "bouc", "plan", "roque"}
_MAX_WORDS = 8


class CommuneTable:
    """Finds the communes named by a text."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names: dict[tuple[str, ...], str] = {}
        shortened: dict[tuple[str, ...], set[str]] = {}
        for name in names:
            key = _key(name)
            self._names[key] = name
            # "Salon", "Fos", "Bouc": the beginning, as long as one commune alone has it.
            for length in range(1, len(key)):
                beginning = key[:length]
                if beginning[-1] not in _SMALL_WORDS and beginning[-1] not in _NEVER_ALONE:
                    shortened.setdefault(beginning, set()).add(name)
            if key[0] in ("la", "le", "les"):
                shortened.setdefault(key[1:], set()).add(name)
        for key, found in shortened.items():
            if len(found) == 1 and key not in self._names:
                self._names[key] = next(iter(found))

    def find(self, text: str, tokens: Sequence[Token]) -> list[Span]:
        """Spans of type ``commune`` with ``{"name", "postcode", "arrondissement"}``."""
        words = _words(tokens)
        found: list[Span] = []
        at = 0
        while at < len(words):
            span, used = self._at(words, at)
            if span is not None:
                found.append(span)
            at += used
        return found

    def _at(self, words: Sequence[tuple[str, int, int]], at: int) -> tuple[Span | None, int]:
        folded, start, end = words[at]
        if POSTCODE.fullmatch(folded):
            return Span("commune", start, end, {"postcode": folded}), 1
        if folded in ("13", "83", "84") and at + 1 < len(words):
            following = words[at + 1]
            if re.fullmatch(r"0\d\d", following[0]):
                postcode = folded + following[0]
                return Span("commune", start, following[2], {"postcode": postcode}), 2
        number, used = _arrondissement(words, at)
        if number:
            value = {"name": MARSEILLE, "arrondissement": number}
            return Span("commune", start, words[at + used - 1][2], value), used
        for length in range(min(_MAX_WORDS, len(words) - at), 0, -1):
            name = self._names.get(tuple(word for word, _, _ in words[at : at + length]))
            if name:
                return Span("commune", start, words[at + length - 1][2], {"name": name}), length
        return None, 1


def _key(name: str) -> tuple[str, ...]:
    return tuple(word for word, _, _ in _words(tokens_of(name)))


def _words(tokens: Sequence[Token]) -> list[tuple[str, int, int]]:
    """Folded words with their places; hyphens part words, ``st`` and ``ste`` are spelled out."""
    words: list[tuple[str, int, int]] = []
    for token in tokens:
        start = token.start
        for part in token.folded.split("-"):
            if part:
                spelled = {"st": "saint", "ste": "sainte"}.get(part, part)
                words.append((spelled, start, start + len(part)))
            start += len(part) + 1
    return words


def _arrondissement(words: Sequence[tuple[str, int, int]], at: int) -> tuple[int, int]:
    """Number and words used: "Marseille 6e", "6e arrondissement", "dans le 6e" (the "6e")."""

    def folded(position: int) -> str:
        return words[position][0] if 0 <= position < len(words) else ""

    first = folded(at)
    if first in _MARSEILLE_SAID:
        skip = 2 if folded(at + 1) in ("le", "dans") else 1
        number, ordinal, used = _number(folded, at + skip)
        if number and (ordinal or skip == 1):
            following = folded(at + skip + used)
            if following in _WORDS_OF_ARRONDISSEMENT:
                return number, skip + used + 1
            # "Marseille 12 rue Paradis": a house number.
            if ordinal or following not in _STREET_FOLLOWS:
                return number, skip + used
        return 0, 0
    number, ordinal, used = _number(folded, at)
    if not number:
        return 0, 0
    following = folded(at + used)
    if following in _WORDS_OF_ARRONDISSEMENT:
        return number, used + 1
    if ordinal and folded(at - 1) == "le" and folded(at - 2) in ("dans", "pour", "vers", "sur"):
        return (number, used) if first != "premier" else (0, 0)
    if ordinal and following in _MARSEILLE_SAID:
        return number, used
    return 0, 0


_STREET_FOLLOWS = set(
    vocabulary(
        "rue avenue av ave boulevard bd bld bvd place pl chemin ch che impasse imp allee "
        "allees cours quai route rte traverse trav montee square promenade corniche passage "
        "bis ter"
    )
)


def _number(folded: object, at: int) -> tuple[int, bool, int]:
    """Number 1 to 16 (0: none), whether it is an ordinal, and the words used."""
    word = folded(at)  # type: ignore[operator]
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1, True, 1
    if match := _ORDINAL.fullmatch(word):
        return int(match[1]), True, 1
    if re.fullmatch(r"\d{1,2}", word) or re.fullmatch(NUMBER_WORDS, word):
        number = number_of(word) or 0
        if 1 <= number <= 16:
            if folded(at + 1) in ("e", "eme", "er", "ieme"):  # type: ignore[operator]
                return number, True, 2
            return number, False, 1
    return 0, False, 0


def normalise_commune(text: str, table: CommuneTable) -> dict[str, object] | None:
    """What a tagged span means: everything that the table finds in it, merged."""
    value: dict[str, object] = {}
    for span in table.find(text, tokens_of(text)):
        value.update(span.normalised or {})
    if not value and (match := re.search(POSTCODE, fold(text))):
        value["postcode"] = match[0]
    return value or None
