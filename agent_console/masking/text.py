"""One text in, what may be shown out."""

from dataclasses import dataclass

from .beyond_street import found_beyond_street
from .names import found_names, found_names_by_rules
from .rules import found_by_rules
from .spans import DENOUNCING, Kind, Span, hidden, without_overlaps


@dataclass(frozen=True)
class Masked:
    """``text`` may be shown to anybody; ``spans`` are places in the original."""

    text: str
    spans: tuple[Span, ...]

    @property
    def kinds(self) -> frozenset[Kind]:
        """What was hidden."""
        return frozenset(span.kind for span in self.spans)

    @property
    def names_somebody(self) -> bool:
        """True when it points at a person or a number plate other than the writer's own name."""
        return bool(self.kinds & DENOUNCING)


def masked(text: str) -> Masked:
    """Hide people, plates, telephone numbers, e-mail addresses and bank accounts.

    Loads the language model on first use, which takes memory and seconds: for the worker only.
    """
    return _masked(text, (*found_by_rules(text), *(found_names(text) if text.strip() else ())))


def masked_beyond_street(text: str) -> Masked:
    """``masked``, and house numbers, floors, doors and codes too; the street stays.

    For sentences that are read apart from their case.
    """
    found = found_names(text) if text.strip() else ()
    return _masked(text, (*found_by_rules(text), *found, *found_beyond_street(text)))


def masked_by_rules(text: str) -> Masked:
    """The same without the model: for showing a text that the worker does not read, or not yet.

    Names behind a title, "je m'appelle" or a relation are hidden too; others are not.
    """
    return _masked(text, (*found_by_rules(text), *found_names_by_rules(text)))


def _masked(text: str, found: tuple[Span, ...]) -> Masked:
    spans = without_overlaps(found)
    return Masked(text=hidden(text, spans), spans=spans)
