"""Text prepared for rules: folded letter by letter, cut into tokens, numbers read."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from text_to_num import text2num

# "6e", "14h30" and "1er" are one token, "12bis" two; an elided article stands alone ("l'", "d'").
_TOKEN = re.compile(
    r"\d+h\d*(?![^\W\d_])|\d+(?:er|ere|eme|ème|ieme|ième|nd|e)(?![^\W\d_])|\d+"
    r"|(?:qu|jusqu|lorsqu|puisqu|[cdjlmnst])['’](?=\w)"
    r"|[^\W\d_]+(?:-[^\W\d_]+)*|[^\w\s]|_",
    re.IGNORECASE,
)

UNITS = "un|une|deux|trois|quatre|cinq|six|sept|huit|neuf"
TEENS = "dix|onze|douze|treize|quatorze|quinze|seize"
TENS = "vingts?|trente|quarante|cinquante|soixante"
# A run of number words in folded text; what it is worth is ``text2num``'s business.
NUMBER_WORDS = (
    rf"(?:{UNITS}|{TEENS}|{TENS}|cents?|mille)"
    rf"(?:[ -](?:et[ -](?:une?|onze))|[ -](?:{UNITS}|{TEENS}|{TENS}|cents?|mille))*"
)


@dataclass(frozen=True)
class Token:
    """``text`` as written, from ``start`` up to, not including, ``end``; ``folded`` for rules."""

    text: str
    folded: str
    start: int
    end: int


@dataclass(frozen=True)
class Span:
    """A found entity: its type, its place in the text, and its normalised value if any."""

    entity: str
    start: int
    end: int
    normalised: dict[str, Any] | None = None


def vocabulary(text: str) -> tuple[str, ...]:
    """The words of ``text``, in order: closed lists, written as people read them."""
    return tuple(text.split())


def fold(text: str) -> str:
    """Lower case without accents, of the same length, so that positions stay valid."""
    return "".join(_fold_letter(letter) for letter in text)


def _fold_letter(letter: str) -> str:
    if letter in "’‘ʼ`´":
        return "'"
    if letter in "‑–—":  # no-break hyphen and dashes
        return "-"
    plain = unicodedata.normalize("NFKD", letter)[0].lower()
    return plain if len(plain) == 1 else letter


def tokens_of(text: str) -> list[Token]:
    """The tokens of ``text``, in order."""
    folded = fold(text)
    return [
        Token(match[0], folded[match.start() : match.end()], match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def number_of(folded: str) -> int | None:
    """``12``, ``douze``, ``quatre-vingt-dix`` as a number; None for anything else."""
    if folded.isdecimal():
        return int(folded)
    try:
        return int(text2num(folded, "fr"))
    except ValueError:
        return None
