"""How people write places: one spelling for comparing, and what a text says beside the street."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from .vocabulary import vocabulary

_ORDINALS = vocabulary(
    "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme "
    "onzieme douzieme treizieme quatorzieme quinzieme seizieme"
)
_SUFFIXES = ("er", "e", "eme", "ieme", "em", "ier")
_ORDINAL = re.compile(rf"(1[0-6]|[1-9])(?:{'|'.join(_SUFFIXES)})$")
_ARRONDISSEMENT_WORDS = ("arrondissement", "arrondissements", "arrdt", "ardt", "arr", "arrond")
# What goes on behind a place: "dans le 6e devant la poste".
_GOES_ON = vocabulary(
    "marseille a au en devant derriere face pres cote juste merci svp il y avant apres angle pour "
    "car depuis dans vers entre"
)
_BREAK = re.compile(r"[,;()\n]|\s[-–—]\s")


@dataclass(frozen=True)
class Span:
    """Where something stands among a text's words: from ``start`` up to, not including, ``end``."""

    start: int
    end: int


@dataclass(frozen=True)
class Words:
    """A text's folded words; ``breaks`` are the places where a comma or the like stood before."""

    words: tuple[str, ...]
    breaks: frozenset[int]

    def opens(self, at: int) -> bool:
        """Whether something new begins at ``at``: after a comma, after "à", at the very start."""
        return at == 0 or at in self.breaks or self.words[at - 1] in ("a", "au", "aux")

    def without(self, spans: Sequence[Span]) -> str:
        """The words outside ``spans``, and outside the "à" before them."""
        gone = {at for span in spans for at in range(span.start, span.end)}
        gone |= {
            at - 1 for at in gone - self.breaks if at and self.words[at - 1] in ("a", "au", "aux")
        }
        return " ".join(word for at, word in enumerate(self.words) if at not in gone)


def fold(text: str) -> str:
    """Lower case, no accents, single spaces, hyphens and apostrophes as spaces, ``st`` spelled out.

    >>> fold("Saint-Chamas"), fold("ST CHAMAS")
    ('saint chamas', 'saint chamas')
    """
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    letters = "".join(char for char in plain if not unicodedata.combining(char)).lower()
    words = re.sub(r"[^a-z0-9]+", " ", letters).split()
    return " ".join({"st": "saint", "ste": "sainte"}.get(word, word) for word in words)


def words_of(text: str) -> Words:
    """The folded words of ``text`` with its breaks."""
    words: list[str] = []
    breaks: set[int] = set()
    for part in _BREAK.split(text):
        breaks.add(len(words))
        words += fold(part).split()
    return Words(words=tuple(words), breaks=frozenset(breaks))


def postcode_span(words: Sequence[str]) -> tuple[str, Span] | None:
    """The first five-digit code among folded words, written "13006" or "13 006"."""
    for at, word in enumerate(words):
        if len(word) == 5 and word.isdigit():
            return word, Span(at, at + 1)
        following = words[at + 1] if at + 1 < len(words) else ""
        if len(word) == 2 and len(following) == 3 and (word + following).isdigit():
            return word + following, Span(at, at + 2)
    return None


def arrondissement_span(words: Sequence[str]) -> tuple[int, Span] | None:
    """A Marseille arrondissement among folded words, in any of the ways people write it.

    "Marseille 6", "Marseille 6e", "dans le 6e", "6 ème arrondissement", "sixième" at the end.  A
    number after "Marseille" is a house number when the street follows; "avenue du 7e Régiment" and
    "au 1er étage" are no arrondissements.
    """
    for at, word in enumerate(words):
        number, used, ordinal = _number_at(words, at)
        if not number:
            continue
        before = list(words[max(at - 3, 0) : at])
        following = words[at + used] if at + used < len(words) else ""
        start = at - 2 if before[-2:] == ["dans", "le"] else at
        if following in _ARRONDISSEMENT_WORDS:
            return number, Span(start, at + used + 1)
        follows_city = before[-1:] == ["marseille"] or before[-3:] == ["marseille", "dans", "le"]
        ends = not following or following in _GOES_ON
        if follows_city and (ordinal or ends):
            return number, Span(start, at + used)
        if ordinal and (ends or start < at) and word != "premier":
            return number, Span(start, at + used)
    return None


def _number_at(words: Sequence[str], at: int) -> tuple[int, int, bool]:
    """Number, words used, and whether it is an ordinal; number 0: there is none."""
    word = words[at]
    if word in _ORDINALS:
        return _ORDINALS.index(word) + 1, 1, True
    if match := _ORDINAL.match(word):
        return int(match[1]), 1, True
    if word.isdigit() and len(word) <= 2 and 1 <= int(word) <= 16:
        if at + 1 < len(words) and words[at + 1] in _SUFFIXES:
            return int(word), 2, True
        return int(word), 1, False
    return 0, 0, False
