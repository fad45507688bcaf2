"""A masked sentence, what is marked in it, and the line of training data that it becomes.

Pure functions.  A mark covers ``text[start:end]``.  Words are only ever picked out of the sentence:
what the masking hid can't come back, and nothing else can come in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from agent_console.masking.spans import SHOWN_AS, Kind

# What a colleague can hide: the writer's own name looks like anybody's.
KINDS = (Kind.PERSON, Kind.PHONE, Kind.PLATE, Kind.EMAIL, Kind.IBAN, Kind.DOOR)
_MASK = re.compile("|".join(re.escape(SHOWN_AS[kind]) for kind in KINDS))
# Only what is hidden of the same kind may be marked: no other entity is made of invented words.
_MASK_OF_ENTITY = {"phone": SHOWN_AS[Kind.PHONE]}
_BRACKETS = str.maketrans("[]", "()")


@dataclass(frozen=True, order=True)
class Mark:
    """``text[start:end]`` names an ``entity``."""

    start: int
    end: int
    entity: str


class WordsMissing(Exception):
    """``words`` do not stand in the sentence, or only inside of what is marked already."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


def clean(text: str) -> str:
    """On one line and without what Rasa's format reads: brackets are left to masks."""
    line = " ".join(text.split())
    parts, at = [], 0
    for mask in _MASK.finditer(line):
        parts += [line[at : mask.start()].translate(_BRACKETS), mask.group()]
        at = mask.end()
    parts.append(line[at:].translate(_BRACKETS))
    return "".join(char for char in "".join(parts) if char.isprintable())


def mask_places(text: str) -> list[tuple[int, int]]:
    """Where something is hidden."""
    return [match.span() for match in _MASK.finditer(text)]


def mask_counts(text: str) -> dict[str, int]:
    """How often what is hidden, as it is shown: ``{"[personne]": 2}``."""
    found = _MASK.findall(text)
    return {mask: found.count(mask) for mask in dict.fromkeys(found)}


def masked_further(text: str, words: Iterable[str], kind: Kind) -> str:
    """``text`` with every occurrence of each of ``words`` hidden too; raises ``WordsMissing``."""
    for one in sorted(words, key=len, reverse=True):
        for start, end in reversed(list(_places(one, text, mask_places(text)))):
            text = text[:start] + SHOWN_AS[kind] + text[end:]
    return text


def marked(text: str, wanted: Mapping[str, Iterable[str]]) -> list[Mark]:
    """Where the words of each entity stand, in order: ``{"commune": ["Marseille"]}``.

    Longer words take their place first, so that "Marseille" inside a marked "rue de Marseille" is
    left alone.  Raises ``WordsMissing``.
    """
    asked = [(words, entity) for entity, several in wanted.items() for words in several]
    masks = mask_places(text)
    found: list[Mark] = []
    for words, entity in sorted(asked, key=lambda one: len(one[0]), reverse=True):
        taken = [(mark.start, mark.end) for mark in found]
        hidden = [] if words == _MASK_OF_ENTITY.get(entity) else masks
        found += [Mark(start, end, entity) for start, end in _places(words, text, hidden + taken)]
    return sorted(found)


def _places(words: str, text: str, taken: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Whole words only, outside of what is taken; raises when there is no such place."""
    pattern = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)")
    free = [
        match.span()
        for match in pattern.finditer(text)
        if all(match.end() <= start or match.start() >= end for start, end in taken)
    ]
    if not free:
        raise WordsMissing(words)
    yield from free


@dataclass(frozen=True)
class Piece:
    """A stretch of a sentence for the eye: plain, hidden, or (part of) an entity."""

    text: str
    is_mask: bool = False
    entity: str = ""


def pieces(text: str, marks: Iterable[Mark] = ()) -> list[Piece]:
    """The sentence in stretches that are each one thing, in order."""
    marks, masks = list(marks), mask_places(text)
    spans = [*((mark.start, mark.end) for mark in marks), *masks]
    cuts = sorted({0, len(text), *(end for span in spans for end in span)})
    return [
        Piece(
            text[start:end],
            is_mask=any(first <= start and end <= last for first, last in masks),
            entity=next((m.entity for m in marks if m.start <= start and end <= m.end), ""),
        )
        for start, end in pairwise(cuts)
    ]
