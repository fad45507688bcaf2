"""Names of people, by spaCy's French model and by what stands before them.

The model is loaded once, on first use, with its entity recogniser only; see ``docs/photos.md`` for
what it weighs.  Only the worker calls this.
"""

import re
import threading
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from .hasty import candidates
from .spans import Kind, Span
from .words import (
    BETWEEN,
    COMMON,
    NEVER,
    NOT_NAMES,
    OWN_NAME,
    PLACES,
    RELATIONS,
    TITLES,
    words,
)

if TYPE_CHECKING:
    from spacy.language import Language

# The worker's jobs run in threads: the model is loaded once, and reads one text at a time.
_ONE_AT_A_TIME = threading.Lock()
_MODEL = "fr_core_news_md"
_UNUSED = ["tagger", "morphologizer", "parser", "attribute_ruler", "lemmatizer", "senter"]
_WORD = r"[^\W\d_]+(?:[-'’][^\W\d_]+)*"
_TITLED = re.compile(
    rf"(?<!\d )(?<!\d)\b(?:{'|'.join(sorted(TITLES, key=len, reverse=True))})\b"
    rf"(?:\.?[  ]+|\.(?=[^\W\d_]))(?!(?:et|ou)\b)({_WORD})"
    rf"((?:[  ](?-i:[A-ZÀ-Ý]){_WORD})*)",
    re.I,
)
_SELF = re.compile(
    rf"\b(?:je m['’ ]appelle|je me nomme|mon nom (?:de famille )?est|mon pr[ée]nom est"
    rf"|mon (?:nom|pr[ée]nom) c['’ ]est)[  ]+({_WORD}(?:[  ](?-i:[A-ZÀ-Ý]){_WORD})*)",
    re.I,
)
_CAPITAL = r"(?-i:[A-ZÀ-Ý])(?:[^\W\d_]+(?:[-'’][^\W\d_]+)*)"
_RELATED = re.compile(
    rf"\b(?:{'|'.join(sorted(RELATIONS, key=len, reverse=True))})\b[  ]+"
    rf"({_CAPITAL}(?:[  ]{_CAPITAL}){{0,2}})",
    re.I,
)
# "Monique du 3e": a single name is one when it lives on a floor.
_FLOOR = re.compile(
    r"[  ]du[  ](?:\d{1,2}[  ]?(?:e|è|ème|eme|er)\b|rez|premier|deuxi|troisi|quatri)"
)
_WORDS_BEFORE = re.compile(rf"(?:{_WORD}|n°)")
_LOOK_BACK = 6
# Common ones of several origins: what is used like these in the model's texts is a name too.
_KNOWN = sorted(
    words(
        """
        Karim Sophie Mohamed Nicolas Fatima Julien Nadia Laurent Sandrine Kevin Samira
        Martin Durand Dupont Garcia Lopez Moreau Rossi Fernandez Moretti
        """
    )
)
_LIKE = 0.5


def found_names(text: str) -> tuple[Span, ...]:
    """Every span that names a person, surest first; they may overlap."""
    related = (span for span in _related(text) if _may_be_a_name(text[span.start : span.end]))
    hasty = tuple(_hasty(text))
    # Without capitals "je m'appelle" alone would take the first name and leave the family's.
    own = (
        span for span in hasty if span.kind == Kind.SELF and text[span.start : span.end].islower()
    )
    return (*own, *_presented(text), *_titled(text), *related, *_recognised(text), *hasty)


def found_names_by_rules(text: str) -> tuple[Span, ...]:
    """Those that need no model: behind a title, "je m'appelle", "mon voisin"…"""
    return (*_presented(text), *_titled(text), *_related(text))


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


def _related(text: str) -> Iterator[Span]:
    """ "mon voisin Ahmed", "chez Durand", "un certain Moreau": a capital behind such a word."""
    if text.isupper():
        return
    for match in _RELATED.finditer(text):
        said = {word.casefold() for word in _words(match.group(1))}
        is_name = not said & (COMMON | NOT_NAMES | NEVER | PLACES | TITLES)
        if is_name and not _is_a_place(text, match.start()):
            yield Span(*match.span(1), Kind.PERSON)


def _hasty(text: str) -> Iterator[Span]:
    """ "c'est karim benali qui…", "VOISIN MARTIN…": words that the model uses as names."""
    for start, end, kind in candidates(text):
        if _is_a_place(text, start):
            continue
        parts = list(_WORDS_BEFORE.finditer(text, start, end))
        while parts and not _may_be_a_name(parts[-1].group()):
            parts.pop()  # what is done, not who does it
        if any(_resembles(part.group()) for part in parts):
            yield Span(start, parts[-1].end(), kind)


def _may_be_a_name(said: str) -> bool:
    """Whether one of the words is like a name, or unknown to the model's dictionary."""
    with _ONE_AT_A_TIME:
        vocabulary = _model().vocab
        known = [vocabulary[word.title()].has_vector for word in _words(said)]
    return not all(known) or _resembles(said)


def _resembles(said: str) -> bool:
    """Whether the model uses one of the words as it uses first names or family names."""
    with _ONE_AT_A_TIME:
        vocabulary = _model().vocab
        lexemes = [vocabulary[word.title()] for word in _words(said)]
        return any(
            lexeme.similarity(vocabulary[known]) >= _LIKE
            for lexeme in lexemes
            if lexeme.has_vector
            for known in _KNOWN
        )


def _people(text: str) -> list[tuple[int, int]]:
    """Where the model sees a person."""
    with _ONE_AT_A_TIME:
        entities = _model()(text).ents
    return [(one.start_char, one.end_char) for one in entities if one.label_ == "PER"]


def _recognised(text: str) -> Iterator[Span]:
    for start, end in _people(text):
        said = [word for word in _words(text[start:end]) if word.casefold() not in TITLES]
        if not _looks_like_a_name(said) or _is_a_place(text, start):
            continue
        before = _words(text[:start])[-2:]
        is_near = any(word.casefold() in RELATIONS for word in before) or _FLOOR.match(text, end)
        if len(said) == 1 and not is_near:
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
