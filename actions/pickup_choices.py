"""Choosing among what was offered, in words: a day, a half of the day, an appointment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from actions.phrases import plain

SLOTS_SHOWN = 3
SLOTS_FETCHED = 60
_WORD = re.compile(r"\w+")
# Words that tell a slot apart; what stands around them in an answer tells nothing.
_TELLING = re.compile(
    r"^(lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday|thursday"
    r"|friday|saturday|sunday|matin|matinee|apres|midi|morning|afternoon|janvier|fevrier|mars"
    r"|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre|january|february|march"
    r"|april|may|june|july|august|september|october|november|december|1er|\d{1,2})$"
)
_OTHERS = frozenset({"d'autres dates", "other dates", "autre date", "une autre date", "plus tard"})


def wants_others(said: str) -> bool:
    """Whether none of what was offered suits."""
    return plain(said) in _OTHERS


def chosen(said: str, offered: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Those of ``offered`` (with a ``label``) that ``said`` fits: one is a choice, several are a
    question, none is another subject."""
    exact = [one for one in offered if plain(str(one["label"])) == plain(said)]
    if exact:
        return [dict(exact[0])]
    told = {word for word in _WORD.findall(plain(said)) if _TELLING.match(word)}
    if "matinee" in told:
        told = (told - {"matinee"}) | {"matin"}
    if not told:
        return []
    return [dict(one) for one in offered if told <= set(_WORD.findall(plain(str(one["label"]))))]


def slots_page(slots: Sequence[Mapping[str, Any]], page: int) -> list[dict[str, Any]]:
    """The slots of one page as choices, wrapping round to the first."""
    pages = max(1, -(-len(slots) // SLOTS_SHOWN))
    first = (page % pages) * SLOTS_SHOWN
    return [
        {"id": slot["id"], "label": slot["label"]} for slot in slots[first : first + SLOTS_SHOWN]
    ]


def items_words(items: Sequence[Mapping[str, Any]]) -> str:
    """ "2 canapés": the catalogue's labels with their counts, the singular as it stands."""
    return ", ".join(f"{item['count']} {str(item['label']).lower()}" for item in items)
