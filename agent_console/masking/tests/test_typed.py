"""Recall and false alarms on 300 lines as they are typed; ``pytest … -s`` prints them.

Every third line is held out: what the rules miss of it is counted and not shown.
"""

from collections import Counter
from dataclasses import dataclass, field

import pytest

from agent_console.masking.spans import Kind, Span
from agent_console.masking.text import masked, masked_beyond_street

from .marks import labelled
from .typed import WITH_NOBODY, WITH_SOMEBODY

_LOOKED_AT = [
    line
    for lines in (WITH_SOMEBODY, WITH_NOBODY)
    for number, line in enumerate(lines)
    if number % 3 != 2
]
_HELD_OUT = [line for lines in (WITH_SOMEBODY, WITH_NOBODY) for line in lines[2::3]]


@dataclass
class _Measured:
    """Marks by kind, those that are wholly hidden, and what was hidden and is no mark."""

    marks: Counter[Kind] = field(default_factory=Counter)
    hidden: Counter[Kind] = field(default_factory=Counter)
    made_up: Counter[Kind] = field(default_factory=Counter)

    def __str__(self) -> str:
        lines = [
            f"{kind:8} {self.hidden[kind]:3} of {self.marks[kind]:3}"
            f" ({self.hidden[kind] / self.marks[kind]:.2f}), made up {self.made_up[kind]}"
            for kind in self.marks
        ]
        share = self.hidden.total() / self.marks.total()
        total = f"in all   {self.hidden.total()} of {self.marks.total()} ({share:.2f})"
        return "\n".join([*lines, f"{total}, made up {self.made_up.total()}"])


def _measured(lines: list[str], *, is_shown: bool) -> _Measured:
    count = _Measured()
    for line in lines:
        text, marks = labelled(line)
        found = masked_beyond_street(text).spans
        for mark in marks:
            is_hidden = _is_hidden(text, mark, found)
            count.marks[mark.kind] += 1
            count.hidden[mark.kind] += is_hidden
            if is_shown and not is_hidden:
                print(f"missed {mark.kind}:", text)
        for span in found:
            if not any(span.start < mark.end and mark.start < span.end for mark in marks):
                count.made_up[span.kind] += 1
                if is_shown:
                    print(f"made up {span.kind}:", text, "→", text[span.start : span.end])
    return count


def _is_hidden(text: str, mark: Span, found: tuple[Span, ...]) -> bool:
    """Whatever it was taken for."""
    covered = {at for span in found for at in range(span.start, span.end)}
    return all(at in covered for at in range(mark.start, mark.end) if text[at].isalnum())


def test_there_are_300_lines_a_third_with_nobody() -> None:
    assert (len(set(WITH_SOMEBODY)), len(set(WITH_NOBODY))) == (200, 100)
    assert all(labelled(line)[1] for line in WITH_SOMEBODY)
    assert not any(labelled(line)[1] for line in WITH_NOBODY)


# What was measured, and one or two more.
_MISSED_AT_MOST = {
    "looked at": {
        Kind.PERSON: 5,
        Kind.SELF: 2,
        Kind.PLATE: 3,
        Kind.PHONE: 1,
        Kind.EMAIL: 1,
        Kind.IBAN: 1,
        Kind.DOOR: 2,
    },
    "held out": {
        Kind.PERSON: 8,
        Kind.SELF: 2,
        Kind.PLATE: 2,
        Kind.PHONE: 1,
        Kind.EMAIL: 1,
        Kind.IBAN: 1,
        Kind.DOOR: 2,
    },
}
_MADE_UP_AT_MOST = 2


@pytest.mark.parametrize(("part", "lines"), [("looked at", _LOOKED_AT), ("held out", _HELD_OUT)])
def test_no_kind_is_found_less_than_measured(part: str, lines: list[str]) -> None:
    count = _measured(lines, is_shown=part == "looked at")
    print(f"\n{part}, {len(lines)} lines\n{count}")
    missed = {kind: count.marks[kind] - count.hidden[kind] for kind in Kind}
    allowed = _MISSED_AT_MOST[part]
    assert {kind: n for kind, n in missed.items() if n > allowed[kind]} == {}
    assert count.made_up.total() <= _MADE_UP_AT_MOST


def test_a_street_stays_and_what_is_beyond_it_goes() -> None:
    said = "j'habite au 12 bis rue de Rome, bât B, 3e étage, code 24B18"
    assert masked_beyond_street(said).text == (
        "j'habite au [numéro] rue de Rome, bât [numéro], [numéro] étage, code [numéro]"
    )
    assert masked(said).text == said


def test_a_length_in_metres_is_no_title() -> None:
    assert masked("Un trou de 2 m devant la porte").spans == ()
