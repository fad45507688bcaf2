"""Marks in labelled lines: ``{P:…}`` and what they stand for."""

import re

from agent_console.masking.spans import Kind, Span

_MARK = re.compile(r"\{([PSVTEBA]):([^}]*)\}")
_KINDS = {
    "P": Kind.PERSON,
    "S": Kind.SELF,
    "V": Kind.PLATE,
    "T": Kind.PHONE,
    "E": Kind.EMAIL,
    "B": Kind.IBAN,
    "A": Kind.DOOR,
}


def labelled(line: str) -> tuple[str, list[Span]]:
    """The line without its marks, and what they cover."""
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append(Span(len(text), len(text) + len(mark[2]), _KINDS[mark[1]]))
        text += mark[2]
        at = mark.end()
    return text + line[at:], spans
