"""How many of what: "deux vieux matelas" is two of "vieux matelas"."""

from __future__ import annotations

import re
from typing import Any

from bot.entities.words import NUMBER_WORDS, fold, number_of

_ABOUT = {
    "une paire de": 2,
    "une demi-douzaine de": 6,
    "une demi douzaine de": 6,
    "une dizaine de": 10,
    "une douzaine de": 12,
    "une quinzaine de": 15,
    "une vingtaine de": 20,
    "une trentaine de": 30,
}
_COUNT = re.compile(
    rf"(?P<about>{'|'.join(_ABOUT)}|une [a-z-]+aine d')(?: |(?<='))"
    rf"|(?P<number>\d{{1,3}}|{NUMBER_WORDS})(?: ?x)? "
    r"|(?P<vague>des|quelques|plusieurs|les|mes|nos|l'|le|la|mon|ma|ce|cette|cet|ces) ?"
)


def normalise_item(text: str) -> dict[str, Any]:
    """``{"quantity": 2, "name": "vieux matelas"}``; quantity None when the words give none."""
    folded = fold(text)
    match = _COUNT.match(folded)
    if match is None or not text[match.end() :].strip():
        return {"quantity": None, "name": text.strip()}
    quantity = None
    if match["about"]:
        quantity = _ABOUT.get(match["about"], _ABOUT.get(match["about"].replace("d'", "de")))
    elif match["number"]:
        quantity = number_of(match["number"])
    return {"quantity": quantity, "name": text[match.end() :].strip()}
