"""What failed in a run of pytest, in a line each: read from the report that it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.etree import ElementTree

_MOST: Final = 15
_LONGEST: Final = 300  # characters


def told(report: Path) -> list[str]:
    """The tests that failed or broke, each with the first line of its reason.

    ``report``: pytest's ``--junitxml``; a run that wrote none did not come to its end.
    """
    try:
        cases = ElementTree.parse(report).iter("testcase")  # noqa: S314 -- our own pytest wrote it
    except (OSError, ElementTree.ParseError):
        return ["no report: the run did not come to its end"]
    lines = [
        f"{case.get('classname')}.{case.get('name')}: {_first_line(reason.get('message', ''))}"
        for case in cases
        for reason in case
        if reason.tag in ("failure", "error")
    ]
    more = len(lines) - _MOST
    return lines if more <= 0 else [*lines[:_MOST], f"and {more} more"]


def _first_line(message: str) -> str:
    return message.split("\n", 1)[0][:_LONGEST]
