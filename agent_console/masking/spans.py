"""What was found in a text, and the text with it hidden."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a span of text is; ``SELF`` is the writer's own name."""

    PERSON = "person"
    SELF = "self"
    PLATE = "plate"
    PHONE = "phone"
    EMAIL = "email"
    IBAN = "iban"
    DOOR = "door"


# Whom these name did not ask for it: a text that holds one earns nothing.
DENOUNCING = frozenset({Kind.PERSON, Kind.PLATE})
SHOWN_AS = {
    Kind.PERSON: "[personne]",
    Kind.SELF: "[personne]",
    Kind.PLATE: "[plaque]",
    Kind.PHONE: "[téléphone]",
    Kind.EMAIL: "[e-mail]",
    Kind.IBAN: "[compte bancaire]",
    Kind.DOOR: "[numéro]",
}


@dataclass(frozen=True, order=True)
class Span:
    """``text[start:end]`` is of ``kind``."""

    start: int
    end: int
    kind: Kind


def without_overlaps(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In the order of the text; of spans that overlap the first one named is kept."""
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.start or span.start >= other.end for other in kept):
            kept.append(span)
    return tuple(sorted(kept))


def hidden(text: str, spans: Iterable[Span]) -> str:
    """``text`` with what each span covers replaced by what it is."""
    parts, at = [], 0
    for span in sorted(spans):
        parts += [text[at : span.start], SHOWN_AS[span.kind]]
        at = span.end
    return "".join([*parts, text[at:]])
