"""A file of tonnages as spreadsheets save it: ``insee;semaine;tonnes``, a line for each week."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal

from django.utils.dateparse import parse_date

from .models import KILOGRAMS_MAX

FILE_BYTES_MAX = 1_000_000
_COLUMNS = ["insee", "semaine", "tonnes"]
_PROBLEMS_MAX = 20
_TONNES = re.compile(r"\d{1,6}([.,]\d{1,3})?")
_FRENCH_DAY = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class TonnagesInvalid(ValueError):
    """``problems``: what is wrong, ``(line, code)``, the first ones; nothing was taken in."""

    def __init__(self, problems: list[tuple[int, str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def tonnages_read(
    content: bytes, *, communes: Collection[str], today: date
) -> dict[tuple[str, date], int]:
    """Kilograms by commune and Monday.

    Raises ``TonnagesInvalid``: ``not_text``, ``header``, ``columns``, ``commune_unknown``,
    ``not_a_monday``, ``week_not_over``, ``not_tonnes``, ``twice``, ``empty``.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TonnagesInvalid([(1, "not_text")]) from error
    rows = csv.reader(io.StringIO(text), delimiter=";")
    head = [name.strip().lower() for name in next(rows, [])]
    if head != _COLUMNS:
        raise TonnagesInvalid([(1, "header")])
    found: dict[tuple[str, date], int] = {}
    problems: list[tuple[int, str]] = []
    for row in rows:
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        code = ""
        if len(cells) != len(_COLUMNS):
            code = "columns"
        else:
            insee, week, kilograms = cells[0], _day(cells[1]), _kilograms(cells[2])
            if insee not in communes:
                code = "commune_unknown"
            elif week is None or week.weekday():
                code = "not_a_monday"
            elif week + timedelta(days=6) >= today:
                code = "week_not_over"
            elif kilograms is None:
                code = "not_tonnes"
            elif (insee, week) in found:
                code = "twice"
            else:
                found[insee, week] = kilograms
        if code:
            problems.append((rows.line_num, code))
    if problems or not found:
        raise TonnagesInvalid(problems[:_PROBLEMS_MAX] or [(1, "empty")])
    return found


def _day(text: str) -> date | None:
    french = _FRENCH_DAY.fullmatch(text)
    try:
        return parse_date("-".join(reversed(french.groups())) if french else text)
    except ValueError:
        return None


def _kilograms(text: str) -> int | None:
    if not _TONNES.fullmatch(text):
        return None
    kilograms = int(Decimal(text.replace(",", ".")) * 1000)
    return kilograms if kilograms <= KILOGRAMS_MAX else None
