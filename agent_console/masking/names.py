"""Names of people, by spaCy's French model and by what stands before them.

The model is loaded once, on first use, with its entity recogniser only; see ``docs/photos.md`` for
what it weighs.  Only the worker calls this.
"""

import re
import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from .spans import Kind, Span
from .words import (
    BETWEEN,
    NEVER,
    NOT_NAMES,
    OWN_NAME,
    PLACES,
    RELATIONS,
    TITLES,
)

if TYPE_CHECKING:
    from spacy.language import Language

# The worker's jobs run in threads: the model is loaded once, and reads one text at a time.
_ONE_AT_A_TIME = threading.Lock()
_MODEL = "fr_core_news_md"
_UNUSED = ["tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter"]
_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_TITLED = re.compile(
    rf"\b(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})\b\.?[  ]+({_WORD})"
    rf"((?:[  ](?-i:[A-ZÀ-Ý]){_WORD})*)",
    re.I,
)
_SELF = re.compile(
    rf"\b(?:je m['’]appelle|je me nomme|mon nom est)[  ]+({_WORD}(?:[  ](?-i:[A-ZÀ-Ý]){_WORD})*)",
    re.I,
)
_WORDS_BEFORE = re.compile(rf"(?:{_WORD}|n°)")
_LOOK_BACK = 6


def found_names(text: str) -> tuple[Span, ...]:
    """Every span that names a person, surest first; they may overlap."""
    return (*_presented(text), *_titled(text), *_recognised(text))


def _titled(text: str) -> Iterator[Span]:
    """ "M. Dupont", "madame martin": a title says that a name follows, in any spelling."""
    for match in _TITLED.finditer(text):
        is_name = match.group(1).casefold() not in NOT_NAMES
        if is_name and not _is_a_place(text, match.start()):
            yield Span(match.start(1), match.end(), _kind(text, match.start()))


def _presented(text: str) -> Iterator[Span]:
    """ "Je m'appelle Claire Fontaine": the writer's own name."""
    for match in _SELF.finditer(text):
        yield Span(*match.span(1), Kind.SELF)


def _recognised(text: str) -> Iterator[Span]:
    with _ONE_AT_A_TIME:
        entities = _model()(text).ents
    for entity in entities:
        if entity.label_ != "PER":
            continue
        start, end = entity.start_char, entity.end_char
        words = [word for word in _words(text[start:end]) if word.casefold() not in TITLES]
        if not _looks_like_a_name(words) or _is_a_place(text, start):
            continue
        before = _words(text[:start])[-2:]
        if len(words) == 1 and not any(word.casefold() in RELATIONS for word in before):
            continue
        yield Span(start, end, _kind(text, start))


def _looks_like_a_name(words: list[str]) -> bool:
    capitals = [word for word in words if word[0].isupper()]
    is_saint = bool(words) and words[0].casefold().split("-")[0] in ("saint", "sainte", "st", "ste")
    return (
        bool(capitals)
        and len(capitals) * 2 >= len(words)
        and len(words) <= 4
        and not is_saint
        and not any(word.casefold() in NEVER | PLACES for word in words)
    )


def _is_a_place(text: str, start: int) -> bool:
    """True when the words before ``start`` lead back to a street, a school, a church…"""
    for word in reversed(_words(re.split(r"[.!?;:,\n]\s", text[:start])[-1])[-_LOOK_BACK:]):
        folded = word.casefold()
        if folded in PLACES or folded.split("-")[0] in PLACES:
            return True
        if folded not in BETWEEN and not word[0].isupper():
            return False
    return False


def _kind(text: str, start: int) -> Kind:
    before = text[:start].casefold().rstrip(" \n,:.")
    is_own = any(before.endswith(phrase) for phrase in OWN_NAME)
    return Kind.SELF if is_own else Kind.PERSON


def _words(text: str) -> list[str]:
    """Words, an elided article apart: "l'école" is two."""
    return [
        part
        for word in _WORDS_BEFORE.findall(text)
        for part in re.split(r"(?<=^[dlDL])['’]", word)
        if part
    ]


def model_prepare() -> None:
    """Load the language model now, which takes seconds, and not when the first text comes."""
    with _ONE_AT_A_TIME:
        _model()


@cache
def _model() -> "Language":
    # Here and not above: whoever only imports this module pays nothing for the library.
    import spacy

    return spacy.load(_MODEL, exclude=_UNUSED)
