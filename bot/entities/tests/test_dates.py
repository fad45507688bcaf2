"""The list of dated phrases: every one is understood, and none is seen where none is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml

from bot.entities.dates import find_dates, normalise_date

LIST = yaml.safe_load((Path(__file__).parent / "dates.yml").read_text(encoding="utf-8"))
NOW: datetime = LIST["now"]


def _expected(line: str) -> tuple[str, dict[str, str | None]]:
    cells = [cell.strip() or None for cell in line.split("|")] + [None] * 4
    text, first, last, time_from, time_to = cells[:5]
    assert text
    return text, {
        "from": first,
        "to": last or first,
        "time_from": time_from,
        "time_to": time_to or time_from,
    }


def test_the_list_is_long_enough() -> None:
    assert len(LIST["phrases"].splitlines()) >= 150


@pytest.mark.parametrize("line", LIST["phrases"].splitlines())
def test_a_phrase_means_its_days(line: str) -> None:
    text, expected = _expected(line)
    assert [found.value for found in find_dates(text, NOW)] == [expected]
    assert normalise_date(text, 0, len(text), NOW) == expected


@pytest.mark.parametrize("text", LIST["none"].splitlines())
def test_no_date_is_seen_where_none_is(text: str) -> None:
    assert find_dates(text, NOW) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("venez mardi en huit s'il vous plaît", "mardi en huit"),
        ("le lampadaire est éteint depuis trois semaines", "trois semaines"),
        ("la saucée d'hier soir", "hier soir"),
        ("plutôt le 12 mars, vers 14 h 30 si possible", "le 12 mars, vers 14 h 30"),
    ],
)
def test_the_span_is_what_was_said_of_the_date(text: str, said: str) -> None:
    (found,) = find_dates(text, NOW)
    assert text[found.start : found.end] == said


def test_an_impossible_day_is_no_date() -> None:
    assert find_dates("le 31 février", NOW) == []
