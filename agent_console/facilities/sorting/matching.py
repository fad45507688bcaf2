"""Which rule a person means: tolerant of accents, plurals, typos and words around the waste.

Pure: terms in, scores out.  A score is the weighted F-measure of the words that query and term
share, rare words weighing more ("pot de yaourt": *yaourt* decides, *pot* hardly does).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache

from agent_console.places.names import fold

from .stopwords import FAINT, STOP

_PLURAL_AUX = re.compile(r"(?<![ey])aux$")


def _singular(word: str) -> str:
    """``journaux`` → ``journal``, ``seaux`` → ``seau``, ``pots`` → ``pot``."""
    if len(word) <= 3:
        return word
    if _PLURAL_AUX.search(word):
        return word[:-3] + "al"
    return word[:-1] if word.endswith(("s", "eaux", "yaux", "eux")) else word


_STOP = frozenset(STOP.split())
_FAINT = frozenset(map(_singular, FAINT.split()))
_FAINT_WEIGHT = 0.12
_TYPO_FROM = 4  # letters; shorter words must be right
_TYPO_RATIO = 0.82
_TYPO_WEIGHT = 0.93
_MIXED_WEIGHT = 0.9
_WORDS_MAX = 24
_TWO_NAMES = re.compile(r", | et ")


type Likeness = Mapping[str, Mapping[str, float]]  # asked word → known word → 0 to 1


@dataclass(frozen=True)
class Match:
    """A rule's code with the score of its best term, from 0 to 1."""

    code: str
    score: float


def words(text: str) -> list[str]:
    """The words that matter, folded and in the singular.

    >>> words("Où jeter 3 vieux pots de yaourts ?")
    ['vieu', 'pot', 'yaourt']
    """
    found = [word for word in fold(text).split() if not word.isdigit() and word not in _STOP]
    return [_singular(word) for word in found[:_WORDS_MAX]]


class SortingIndex:
    """Rules ready to be searched; ``terms`` maps a rule's code to its name and synonyms."""

    def __init__(self, terms: Mapping[str, Sequence[str]]) -> None:
        self._terms = {code: _split(names) for code, names in terms.items()}
        self._together = {
            code: {word for term in names for word in term} for code, names in self._terms.items()
        }
        self._counts = Counter(word for own in self._together.values() for word in own)

    def matches(self, query: str) -> list[Match]:
        """Rules by score, best first; those that share no word are left out."""
        asked = words(query)
        alike = {word: _alike(word, self._counts) for word in asked}
        reached = {known for likely in alike.values() for known in likely}
        found = [
            Match(code, self._score(code, asked, alike))
            for code, own in self._together.items()
            if own & reached
        ]
        return sorted(found, key=lambda match: (-match.score, match.code))

    def _score(self, code: str, asked: Sequence[str], alike: Likeness) -> float:
        """The best term; or one with words of the rule's others ("tonte de gazon"), a bit less."""
        together = self._heard(asked, self._together[code], alike)
        best = 0.0
        for term in self._terms[code]:
            recall = self._recall(asked, term, alike)
            if recall:
                alone = _f_measure(self._heard(asked, term, alike), recall)
                best = max(best, alone, _MIXED_WEIGHT * _f_measure(together, recall))
        return best

    def _heard(self, asked: Sequence[str], own: Iterable[str], alike: Likeness) -> float:
        """The share of what was asked that ``own`` has; faint words hardly count."""
        own = list(own)
        weights = [_FAINT_WEIGHT if word in _FAINT else self._weight(word) for word in asked]
        likeness = [max(alike[word].get(known, 0.0) for known in own) for word in asked]
        return sum(w * like for w, like in zip(weights, likeness, strict=True)) / sum(weights)

    def _recall(self, asked: Sequence[str], term: frozenset[str], alike: Likeness) -> float:
        """The share of ``term`` that was asked: "sac d’aspirateur" needs its *sac*."""
        weights = [self._weight(known) for known in term]
        likeness = [max(alike[word].get(known, 0.0) for word in asked) for known in term]
        return sum(w * like for w, like in zip(weights, likeness, strict=True)) / sum(weights)

    def _weight(self, word: str) -> float:
        """How much a word says: the logarithm of how few rules have it."""
        return math.log(1 + len(self._terms) / max(self._counts[word], 1))


@lru_cache(maxsize=2)
def index_of(terms: tuple[tuple[str, tuple[str, ...]], ...]) -> SortingIndex:
    """The index of (code, names) pairs, built once for each content."""
    return SortingIndex(dict(terms))


def _split(names: Sequence[str]) -> list[frozenset[str]]:
    """Terms as words; "Mouchoir et essuie-tout" is two."""
    parts = (part for name in names for part in (name, *_TWO_NAMES.split(name)))
    return [term for part in parts if (term := frozenset(words(part)))]


def _f_measure(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def _alike(word: str, vocabulary: Iterable[str]) -> dict[str, float]:
    """Known words that ``word`` may be, with how alike they are."""
    found: dict[str, float] = {}
    matcher = SequenceMatcher(autojunk=False, b=word)
    for known in vocabulary:
        if known == word:
            found[known] = 1.0
        elif len(word) >= _TYPO_FROM <= len(known) and abs(len(word) - len(known)) <= 2:
            matcher.set_seq1(known)
            if matcher.quick_ratio() >= _TYPO_RATIO and matcher.ratio() >= _TYPO_RATIO:
                found[known] = _TYPO_WEIGHT * matcher.ratio()
    return found
