"""A measure as French spreadsheets open it: semicolons, decimal comma, UTF-8 with its mark.

Counts only: nothing that was said, and nobody's number, is in it.
"""

import csv
import io
from collections.abc import Iterable, Sequence

from .periods import Period
from .selectors import Table

MARK = "\ufeff"


def csv_of(shown: Table, period: Period, *, counted: str = "Contacts") -> str:
    """The table of a measure, a line for each key, with what it is of."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = ["Mesure", "Du", "Au", "Valeur", counted, "Part (%)", "Période précédente"]
    if shown.measure.total_title:
        head.append(shown.measure.total_title)
    if shown.measure.has_mean:
        head.append("Moyenne")
    writer.writerow(head)
    for line in shown.lines:
        row = [
            shown.measure.title,
            f"{period.first:%d/%m/%Y}",
            f"{period.last:%d/%m/%Y}",
            line.label,
            line.count,
            _decimal(line.share),
            line.before,
        ]
        if shown.measure.total_title:
            row.append(line.total)
        if shown.measure.has_mean:
            row.append(_decimal(line.mean))
        writer.writerow(row)
    return MARK + out.getvalue()


def sheet(head: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    """A table of any kind; numbers that are not whole have two decimals."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([cell if isinstance(cell, str | int) else _decimal(cell) for cell in row])
    return MARK + out.getvalue()


def _decimal(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace(".", ",")


def points_csv_of(shown: Table, period: Period) -> str:
    """What was done with points: operations and points, which are shares of nothing."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    head = ["Mesure", "Du", "Au", "Valeur", "Opérations", "Points"]
    writer.writerow([*head, "Opérations de la période précédente", "Points d’avant"])
    for line in shown.lines:
        writer.writerow(
            [
                shown.measure.title,
                f"{period.first:%d/%m/%Y}",
                f"{period.last:%d/%m/%Y}",
                line.label,
                line.count,
                line.total,
                line.before,
                line.total_before,
            ]
        )
    return MARK + out.getvalue()
