"""Corrections as a file of training data, written as those of ``nlu_data/fr`` are.

``bot/tests/corrections_patch.yml`` is such a file: a test here compares it byte by byte with what
is exported, and a test of the assistant's reads it with Rasa.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from .fillers import Filler
from .sentence import Mark

_HEAD = """\
version: "3.1"
# Sentences that the assistant had missed, corrected by two supervisors (docs/analytics.md).  Names,
# numbers and plates are made up.
nlu:
"""


@dataclass(frozen=True)
class Example:
    """A sentence with its meaning; ``category`` is empty unless it is a report."""

    intent: str
    category: str
    text: str
    marks: tuple[Mark, ...] = ()

    @property
    def line(self) -> str:
        """With its entities annotated and its masks filled: ``trou [rue Paradis](address)``."""
        filler, parts, at = Filler(self.text), [], 0
        for mark in self.marks:
            parts.append(filler.fill(self.text[at : mark.start]))
            words = filler.fill(self.text[mark.start : mark.end])
            parts.append(f"[{words}]({mark.entity})")
            at = mark.end
        return "".join([*parts, filler.fill(self.text[at:])])


def patch_of(examples: Iterable[Example]) -> str:
    """The whole file, a block for each meaning; sentences of one meaning keep their order."""
    parts = [_HEAD]
    for meaning, several in groupby(sorted(examples, key=_meaning), key=_meaning):
        intent, category = meaning
        parts.append(f"- intent: {intent}\n")
        if category:
            parts.append(f"  metadata:\n    category: {category}\n")
        parts.append("  examples: |\n")
        parts += [f"    - {one.line}\n" for one in several]
    return "".join(parts)


def _meaning(example: Example) -> tuple[str, str]:
    return example.intent, example.category
