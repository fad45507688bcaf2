"""Places that are not in the Metropolis, recognised so that they can be named in a refusal.

Names and postcodes are data (``data/towns_outside.csv``, ``data/departments.csv``): the towns that
people say most, not all of France.  What isn't recognised is simply not found.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .communes import stands_in_street
from .names import Span, Words, fold, postcode_span, words_of
from .vocabulary import vocabulary

_DATA = Path(__file__).parent / "data"
_OVERSEAS = ("97", "98")
_NUMBER_WORDS = vocabulary("n no numero num ref reference")


@dataclass(frozen=True)
class Outside:
    """``name`` as it is shown; ``certain`` unless a street might be called so ("rue Jean Nice")."""

    name: str
    certain: bool


@dataclass(frozen=True)
class _Town:
    name: str
    words: tuple[str, ...]
    postcode: str
    also_a_word: bool


def outside_find(text: str, *, own_postcodes: frozenset[str]) -> Outside | None:
    """The place outside the Metropolis that ``text`` names, or ``None``.

    ``text`` must not name a commune of the Metropolis ("rue de Paris, Marseille" is in Marseille).
    ``own_postcodes`` are the Metropolis' codes: they never are outside.
    """
    words = words_of(text)
    code = postcode_span(words.words)
    if code and code[0] not in own_postcodes and _is_postcode(words, code[1]):
        place = _by_postcode(code[0])
        if place:
            return Outside(place, certain=True)
    found: list[tuple[int, Outside]] = []
    for town in _towns():
        found += _mentions(words, town)
    for name, folded in _departments_by_name():
        at = _position(words, folded)
        if at is not None and at and words.words[at - 1] in ("le", "la", "les", "l", "en"):
            before = words.words[max(at - 2, 0) : at]
            if "dans" in before or "en" in before:
                found.append((at, Outside(name, certain=True)))
    return max(found, key=lambda pair: pair[0])[1] if found else None


def _mentions(words: Words, town: _Town) -> list[tuple[int, Outside]]:
    size = len(town.words)
    found = []
    for at in range(len(words.words) - size + 1):
        if words.words[at : at + size] != town.words or stands_in_street(words, at):
            continue
        after_a = bool(at) and words.words[at - 1] == "a"
        alone = size == len(words.words)
        ends = at + size == len(words.words) or at + size in words.breaks
        of_something = bool(at) and words.words[at - 1] in ("de", "du", "d", "des", "la", "le", "l")
        certain = after_a or alone or (at in words.breaks and ends)
        if certain or (ends and not of_something and not town.also_a_word):
            found.append((at, Outside(town.name, certain=certain)))
    return found


def _is_postcode(words: Words, span: Span) -> bool:
    """A five-digit number may be a lamp post's."""
    return not (span.start and words.words[span.start - 1] in _NUMBER_WORDS)


def _by_postcode(code: str) -> str:
    """What a postcode outside is called; empty when it might be ours (a CEDEX of Marseille)."""
    town = next((town.name for town in _towns() if town.postcode == code), "")
    if town:
        return f"{town} ({code})"
    prefix = code[:3] if code[:2] in _OVERSEAS else code[:2]
    if prefix == "13":
        return ""
    department = _departments().get("20" if prefix == "2A" else prefix, "")
    return f"{code} ({department})" if department else ""


def _position(words: Words, name: tuple[str, ...]) -> int | None:
    size = len(name)
    places = range(len(words.words) - size + 1)
    return next((at for at in places if words.words[at : at + size] == name), None)


@cache
def _towns() -> tuple[_Town, ...]:
    return tuple(
        _Town(
            name=row["name"],
            words=tuple(fold(row["name"]).split()),
            postcode=row["postcode"],
            also_a_word=bool(row["also_a_word"]),
        )
        for row in _read("towns_outside.csv")
    )


@cache
def _departments() -> dict[str, str]:
    return {row["code"]: row["name"] for row in _read("departments.csv")}


@cache
def _departments_by_name() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Departments whose names mean nothing else ("le nord" may be Marseille's)."""
    return tuple(
        (row["name"], tuple(fold(row["name"]).split()))
        for row in _read("departments.csv")
        if row["by_name"]
    )


def _read(name: str) -> list[dict[str, str]]:
    with (_DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
