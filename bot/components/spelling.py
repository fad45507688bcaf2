"""Text as the sentence encoder has read it most: small letters, accents, whole words.

The encoder was trained on well-written text: "CORBEILLE VIDEE", "trotoir" and "jveu" are other
pieces to it than what they mean. So shouted text is written small, an accent that the training
lines nearly always have is put back, short forms are written out, and a word that no training line
has becomes the one that sounds alike, if it looks alike too. Only the encoder reads the result:
entities keep their place in what the person wrote.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from bot.components.ngrams import sound
from bot.components.sms_words import SMS_WORDS
from bot.entities.words import fold, vocabulary

_FILE = "spelling.json"
_WORD = re.compile(r"[^\W\d_]+")
_APOSTROPHES = ("'", "’")
# Shorter words have too many neighbours to be guessed at.
_LEAST_LETTERS = 4
# How many lines make a word known, and how many make it one that others are taken for.
_KNOWN, _COMMON = 2, 4
# An accent is put back when it is written three times as often as left out.
_ACCENTED = 3
_LIKENESS = 0.8
# Two of them make a line English: its unknown words are no French ones spelt by ear.
_ENGLISH = frozenset(vocabulary("the my is you your are and our we it this with for i'm there can"))


def shouted(text: str) -> bool:
    """Whether most letters are capitals."""
    letters = [letter for letter in text if letter.isalpha()]
    return len(letters) > 1 and sum(letter.isupper() for letter in letters) * 2 > len(letters)


class Speller:
    """Learns words from the training lines; ``write_out`` then rewrites a message."""

    def __init__(
        self,
        known: Sequence[str] = (),
        accented: dict[str, str] | None = None,
        heard: dict[str, str] | None = None,
    ) -> None:
        self._known = frozenset(known)
        self._accented = accented or {}
        self._heard = heard or {}

    @classmethod
    def fit(cls, texts: Sequence[str]) -> Speller:
        """Known words, their accents, and the commonest word of each sound."""
        counts: Counter[str] = Counter()
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            words = _WORD.findall(text.lower())
            counts.update(fold(word) for word in words)
            if not shouted(text):  # capitals often go without their accents
                for word in words:
                    written[fold(word)][word] += 1
        accented, heard = {}, {}
        for plain, forms in written.items():
            best, times = forms.most_common(1)[0]
            if len(plain) >= _LEAST_LETTERS and best != plain and times >= _ACCENTED * forms[plain]:
                accented[plain] = best
        for plain, times in sorted(counts.items(), key=lambda item: (item[1], item[0])):
            if times >= _COMMON and len(plain) >= _LEAST_LETTERS:
                heard[sound(plain)] = plain
        known = sorted(plain for plain, times in counts.items() if times >= _KNOWN)
        return cls(known, accented, heard)

    def write_out(self, text: str) -> str:
        """The text in small letters if it was shouted, its words as the training lines have them.

        A name keeps its capital and its spelling, English keeps its words.
        """
        aloud = shouted(text)
        if sum(word in _ENGLISH for word in text.lower().split()) > 1:
            return text.lower() if aloud else text

        def written(match: re.Match[str]) -> str:
            word = match[0]
            if not aloud and not word.islower():
                return word
            following = text[match.end() : match.end() + 1]
            return self._word(word.lower(), elided=following in _APOSTROPHES)

        return _WORD.sub(written, text)

    def _word(self, word: str, *, elided: bool) -> str:
        if not elided and word in SMS_WORDS:
            return SMS_WORDS[word]
        plain = fold(word)
        if plain != word:  # who writes accents writes the word as it is
            return word
        if plain not in self._known and len(plain) >= _LEAST_LETTERS:
            other = self._heard.get(sound(plain), plain)
            if other[0] == plain[0] and SequenceMatcher(None, other, plain).ratio() >= _LIKENESS:
                plain = other
        return self._accented.get(plain, plain)

    def save(self, directory: Path) -> None:
        """As JSON: loading executes nothing."""
        content = {
            "known": sorted(self._known),
            "accented": self._accented,
            "heard": self._heard,
        }
        (directory / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Speller:
        """What ``save`` wrote. Raises ``OSError`` when the file is missing."""
        content = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        return cls(content["known"], content["accented"], content["heard"])
