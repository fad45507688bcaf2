"""Pieces of sentences from the Rasa domain, and the French that joins them.

The words themselves stand in ``bot/domain``; here is only grammar: agreement, elision, spaces.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any

_CATEGORY_PREFIX = "utter_category_"
_NARROW_SPACE = "\N{NARROW NO-BREAK SPACE}"


def phrase(domain: Mapping[str, Any], name: str, **values: str) -> str:
    """The text of response ``name`` with ``{placeholders}`` filled. Raises ``KeyError``."""
    text = str(domain["responses"][name][0]["text"])
    for key, value in values.items():
        text = text.replace("{" + key + "}", value)
    return text


def category_labels(domain: Mapping[str, Any]) -> dict[str, str]:
    """Category code -> the words for it, inside a sentence."""
    return {
        name.removeprefix(_CATEGORY_PREFIX): phrase(domain, name)
        for name in domain["responses"]
        if name.startswith(_CATEGORY_PREFIX)
    }


def sentence_case(text: str) -> str:
    """First letter up, the rest untouched."""
    return text[:1].upper() + text[1:]


def points_phrase(domain: Mapping[str, Any], points: int) -> str:
    """ "0 point", "1 point", "1 250 points": French is plural from two up."""
    name = "utter_points_one" if abs(points) < 2 else "utter_points_many"
    return phrase(domain, name, points=f"{points:,}".replace(",", _NARROW_SPACE))


def delay_phrase(domain: Mapping[str, Any], *, target_hours: int, clock: str) -> str:
    """A target in words: hours on the ``always`` clock, days of 24 h on the ``working`` one."""
    if clock != "working":
        return phrase(domain, "utter_delay_hours", hours=str(target_hours))
    days = max(1, round(target_hours / 24))
    name = "utter_delay_working_day" if days == 1 else "utter_delay_working_days"
    return phrase(domain, name, days=str(days))


def commune_with_preposition(commune: str) -> str:
    """ "à Marseille", "au Rove", "aux Pennes-Mirabeau", "à La Ciotat"."""
    if commune.startswith("Le "):
        return "au " + commune.removeprefix("Le ")
    if commune.startswith("Les "):
        return "aux " + commune.removeprefix("Les ")
    return "à " + commune


def plain(text: str) -> str:
    """Lower case, no accents, straight apostrophes, single spaces: to compare what people wrote."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("\u2019", "'"))
    letters = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(letters.split()).strip(" .!?")
