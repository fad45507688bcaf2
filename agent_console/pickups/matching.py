"""Which objects somebody means: "2 vieux canapés et un frigo" → two sofas, one fridge.

Names are compared without case, accents, plurals and filler words.  In a phrase the first name wins
("pneu de vélo" is a tyre, "vélo avec des pneus crevés" a bicycle), the longest of those that begin
there.  A typing error is forgiven when one name is clearly the nearest.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from enum import StrEnum

from agent_console.digests import folded

COUNT_MAX = 99
_NUMBERS = {
    **dict.fromkeys(("un", "une", "a", "an", "one"), 1),
    **dict.fromkeys(("deux", "two", "paire"), 2),
    **dict.fromkeys(("trois", "three"), 3),
    "quatre": 4,
    "cinq": 5,
    "six": 6,
    "sept": 7,
    "huit": 8,
    "neuf": 9,
    "dix": 10,
    "douzaine": 12,
    "dizaine": 10,
}
# What may stand around an object's name without changing it.
_FILLER_TEXT = (
    "un une des du de d la le les l mon ma mes notre nos son sa ses ce cette et avec pour en au aux"
    " vieux vieil vieille vieilles ancien ancienne anciens anciennes grand grande grands grandes"
    " gros grosse petit petite petits petites casse cassee casses cassees use usee hs plusieurs"
    " quelques environ paire dizaine douzaine of the my old some x j ai y a il"
)
_FILLERS = frozenset(_FILLER_TEXT.split())
# Between objects in any case; and where no name of the catalogue has the word itself.
_SEPARATORS = re.compile(r"[,;+\n/]")
_WORDS_BETWEEN = re.compile(r"\bet\b|\bplus\b|\bainsi que\b|\band\b|&", re.IGNORECASE)
_TYPO_CUTOFF = 0.84  # of difflib's ratio: one wrong letter in six
_CLEARLY = 0.04  # how much nearer than the next object a guess has to be
_ALTERNATIVE_CUTOFF = 0.6
_ALTERNATIVES_MAX = 3


class Status(StrEnum):
    ACCEPTED = "accepted"
    FORBIDDEN = "forbidden"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Named:
    """An object of the catalogue as far as matching needs it."""

    code: str
    names: tuple[str, ...]
    is_accepted: bool


@dataclass(frozen=True)
class Match:
    """One object that was said; ``code`` is empty and ``near`` says what it may be if unknown.

    ``is_guess``: a typing error was forgiven, so it should be read back.
    """

    said: str
    count: int
    status: Status
    code: str = ""
    is_guess: bool = False
    near: list[str] = field(default_factory=list)


def plain(text: str) -> str:
    """Folded, every word in the singular, as both sides of a comparison are written."""
    return " ".join(_singular(word) for word in folded(text.replace("œ", "oe")).split())


def parse(text: str, catalogue: Iterable[Named]) -> list[Match]:
    """Every object named in ``text``, in the order it was said."""
    index = _Index(catalogue)
    parts: list[str] = []
    for part in _SEPARATORS.split(text):
        is_one = index.exact(_content(plain(part)))
        parts += [part] if is_one else _WORDS_BETWEEN.split(part)
    found = [_match(part.strip(), index) for part in parts if folded(part)]
    return [match for match in found if match is not None]


def _match(said: str, index: "_Index") -> Match | None:
    words = plain(said).split()
    count = _count(said)
    content = _content(" ".join(words))
    if not content:
        return None
    # In the whole phrase: "petit canapé" is a name of its own, though "petit" is mostly a filler.
    code = index.first(" ".join(words))
    if code:
        return _known(said, count, code, index)
    near = index.near(content)
    if (
        near
        and near[0][1] >= _TYPO_CUTOFF
        and (len(near) == 1 or near[0][1] - near[1][1] >= _CLEARLY)
    ):
        return _known(said, count, near[0][0], index, is_guess=True)
    return Match(said, count, Status.UNKNOWN, near=[code for code, _ in near[:_ALTERNATIVES_MAX]])


def _known(said: str, count: int, code: str, index: "_Index", *, is_guess: bool = False) -> Match:
    status = Status.ACCEPTED if index.is_accepted[code] else Status.FORBIDDEN
    return Match(said, count, status, code, is_guess)


def _count(said: str) -> int:
    """How many: a number before the object's name, or one with a multiplication sign anywhere.

    A size in the name ("canapé 3 places") is no count.
    """
    words = folded(said).split()
    for number, word in enumerate(words):
        times = re.fullmatch(r"x(\d{1,6})|(\d{1,6})x?", word)
        is_times = "x" in word or (number > 0 and words[number - 1] == "x")
        if times and (number == 0 or is_times or _all_fillers(words[:number])):
            return max(1, min(int(times[1] or times[2]), COUNT_MAX))
        if _NUMBERS.get(word, 1) > 1 and _all_fillers(words[:number]):
            return _NUMBERS[word]
    return 1


def _all_fillers(words: list[str]) -> bool:
    return all(word in _FILLERS for word in words)


def _content(words: str) -> str:
    """What is left without numbers and fillers at the front."""
    left = words.split()
    while left and (
        left[0] in _FILLERS
        or left[0] in _NUMBERS
        or _singular_in(left[0])
        or re.fullmatch(r"x?\d+x?", left[0])
    ):
        left.pop(0)
    return " ".join(left)


def _singular_in(word: str) -> bool:
    return word in _SINGULAR_FILLERS


def _singular(word: str) -> str:
    """A word without its plural mark; short words and numbers are left alone."""
    if len(word) <= 3 or word.isdecimal():
        return word
    if word.endswith("eaux"):
        return word[:-1]
    if word.endswith("aux") and word not in ("chaux", "faux"):
        return f"{word[:-3]}al"
    return word[:-1] if word[-1] in "sx" else word


_SINGULAR_FILLERS = frozenset(_singular(word) for word in (*_FILLERS, *_NUMBERS))


class _Index:
    """Names of all objects, and the ways of looking one up."""

    def __init__(self, catalogue: Iterable[Named]) -> None:
        self._code_of: dict[str, str] = {}
        self.is_accepted: dict[str, bool] = {}
        for named in catalogue:
            self.is_accepted[named.code] = named.is_accepted
            for name in named.names:
                self._code_of.setdefault(plain(name), named.code)
        self._code_of.pop("", None)

    def exact(self, words: str) -> str:
        """The object of this very name, or ``""``."""
        return self._code_of.get(words, "")

    def first(self, words: str) -> str:
        """The object whose name begins first in the phrase; of several, the longest name's."""
        padded = f" {words} "
        hits = [
            (padded.find(f" {name} "), -len(name), code)
            for name, code in self._code_of.items()
            if f" {name} " in padded
        ]
        return min(hits)[2] if hits else ""

    def near(self, words: str) -> list[tuple[str, float]]:
        """Objects whose names look like the phrase, nearest first, each once."""
        best: dict[str, float] = {}
        for name in get_close_matches(
            words, self._code_of, n=2 * _ALTERNATIVES_MAX, cutoff=_ALTERNATIVE_CUTOFF
        ):
            ratio = SequenceMatcher(None, name, words).ratio()
            code = self._code_of[name]
            best[code] = max(best.get(code, 0.0), ratio)
        return sorted(best.items(), key=lambda pair: -pair[1])
