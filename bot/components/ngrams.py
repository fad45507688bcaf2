"""Counts of words and of pieces of words, without accents: SMS spelling and typos survive them.

One analyser for training and serving, kept as plain JSON.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from bot.components.alarm_words import alarm_kinds
from bot.entities.words import fold

_FILE = "ngrams.json"
_WORD = re.compile(r"[a-z0-9]+")
SHORTEST, LONGEST = 2, 5
# Common kinds have a low idf, and one column must stand against a hundred.
_ALARM_EMPHASIS = 2.0


# How French letters sound, longest first: "ki", "qui" and "quy" are one word to the ear.
_SOUNDS = (
    *(("qu", "k"), ("ph", "f"), ("eau", "o"), ("au", "o"), ("ck", "k"), ("ch", "S"), ("ss", "s")),
    *(("gu", "g"), ("ge", "j"), ("gi", "ji"), ("ce", "se"), ("ci", "si"), ("cy", "si")),
    *(("c", "k"), ("q", "k"), ("ain", "1"), ("ein", "1"), ("in", "1"), ("en", "2"), ("em", "2")),
    *(("an", "2"), ("am", "2"), ("ai", "e"), ("ei", "e"), ("y", "i"), ("h", ""), ("oi", "wa")),
    *(("z", "s"), ("x", "s"), ("w", "v")),
)
_DOUBLED = re.compile(r"(.)\1+")
_SILENT_END = re.compile(r"(?:er|es|et|ent|e|s|t|d|p)+$")


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """A folded word as it is heard, roughly: SMS writers spell by ear.

    >>> sound("qui"), sound("ki"), sound("trottoirs"), sound("trotoir")
    ('ki', 'ki', 'trotvar', 'trotvar')
    """
    heard = word
    for letters, said in _SOUNDS:
        heard = heard.replace(letters, said)
    heard = _DOUBLED.sub(r"\1", heard)
    return _SILENT_END.sub("", heard) or heard


@lru_cache(maxsize=50_000)
def _parts(word: str) -> tuple[str, tuple[str, ...]]:
    """A word's sound and its character n-grams: most words of a text were seen before."""
    padded = f" {word} "
    grams = tuple(
        f"#{padded[start : start + size]}"
        for size in range(SHORTEST, LONGEST + 1)
        for start in range(len(padded) - size + 1)
    )
    return f"~{sound(word)}", grams


def pieces(text: str) -> Iterator[str]:
    """Words and their sounds (``~``), pairs of both, character n-grams (``#``), and the kinds of
    alarming words (``!``)."""
    folded = fold(text)
    words = _WORD.findall(folded)
    yield from (f"!{kind}" for kind in alarm_kinds(folded))
    before = heard_before = ""
    for word in words:
        heard, grams = _parts(word)
        yield word
        yield heard
        if before:
            yield f"{before} {word}"
            yield f"{heard_before} {heard}"
        before, heard_before = word, heard
        yield from grams


class Ngrams:
    """A fitted vocabulary with inverse document frequencies."""

    def __init__(
        self,
        vocabulary: Sequence[str] = (),
        idf: Sequence[float] = (),
        words: Iterable[str] = (),
    ) -> None:
        self._words = frozenset(words)
        self._columns = {piece: column for column, piece in enumerate(vocabulary)}
        self._idf = np.asarray(idf, np.float32)
        # Words and pieces of words each weigh the same in a row.
        self._is_piece = np.array([piece.startswith("#") for piece in vocabulary], bool)
        alarming = [_ALARM_EMPHASIS if piece.startswith("!") else 1.0 for piece in vocabulary]
        self._emphasis = np.asarray(alarming, np.float32)

    @classmethod
    def fit(cls, texts: Sequence[str], *, at_least: int = 3) -> Ngrams:
        """Keep what stands in ``at_least`` texts, and remember every word."""
        documents: Counter[str] = Counter()
        for text in texts:
            documents.update(set(pieces(text)))
        kept = sorted(piece for piece, count in documents.items() if count >= at_least)
        idf = [math.log((1 + len(texts)) / (1 + documents[piece])) + 1 for piece in kept]
        words = (piece for piece in documents if _WORD.fullmatch(piece))
        return cls(kept, idf, words)

    @property
    def width(self) -> int:
        """Columns of a row."""
        return len(self._columns)

    def knows_a_word_of(self, text: str) -> bool:
        """Whether a word of the text stood in any fitted text; numbers, being answers, count."""
        words = _WORD.findall(fold(text))
        return not words or any(word in self._words or word[0].isdigit() for word in words)

    def row(self, text: str) -> csr_matrix:
        """``(1, width)``, sublinear counts; words and pieces each scaled to length one."""
        counts: Counter[int] = Counter()
        for piece in pieces(text):
            column = self._columns.get(piece)
            if column is not None:
                counts[column] += 1
        columns = np.fromiter(counts.keys(), np.int32, len(counts))
        values = 1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))
        values = values * self._idf[columns] * self._emphasis[columns]
        is_piece = self._is_piece[columns]
        for part in (is_piece, ~is_piece):
            norm = float(np.linalg.norm(values[part]))
            if norm:
                values[part] /= norm
        order = np.argsort(columns)
        return csr_matrix(
            (values[order].astype(np.float32), columns[order], np.array([0, len(columns)])),
            shape=(1, self.width),
        )

    def save(self, directory: Path) -> None:
        """As JSON: loading executes nothing."""
        content = {
            "vocabulary": list(self._columns),
            "idf": [round(float(x), 5) for x in self._idf],
            "words": sorted(self._words),
        }
        (directory / _FILE).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, directory: Path) -> Ngrams:
        """What ``save`` wrote. Raises ``OSError`` when the file is missing."""
        content = json.loads((directory / _FILE).read_text(encoding="utf-8"))
        return cls(content["vocabulary"], content["idf"], content["words"])
