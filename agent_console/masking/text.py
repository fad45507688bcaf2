"""One text in, what may be shown out."""

from dataclasses import dataclass

from .names import found_names
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


def masked_by_rules(text: str) -> Masked:
    """The same without names: for showing a text that the worker did not read yet."""
    return _masked(text, found_by_rules(text))


def _masked(text: str, found: tuple[Span, ...]) -> Masked:
    spans = without_overlaps(found)
    return Masked(text=hidden(text, spans), spans=spans)
