"""A statement as a file that French spreadsheets open: semicolons, decimal commas, a BOM."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from django.utils import timezone

from agent_console.wallet.statements import StatementView
from agent_console.wallet.vouchers import CaptureLine
from service_kit import voucher_code

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 only with it
# A cell that starts so would be run as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def statement_as_csv(statement: StatementView, lines: Iterable[CaptureLine]) -> str:
    """All lines of the statement and their total, as text."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Date", "Heure", "Code", "Offre", "Lieu", "Points", "Montant (EUR)"])
    for line in lines:
        at = timezone.localtime(line.captured_at)
        writer.writerow(
            [
                at.strftime("%d/%m/%Y"),
                at.strftime("%H:%M"),
                voucher_code.shown(line.code),
                _cell(line.offer_title),
                _cell(line.site),
                line.points,
                _euros(line.cents),
            ]
        )
    writer.writerow(["Total", "", "", "", "", statement.points, _euros(statement.cents)])
    return out.getvalue()


def _cell(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02}"
