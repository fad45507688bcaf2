"""A round as a file that French spreadsheets open: semicolons, French headers, a BOM."""

from __future__ import annotations

import csv
import io

from agent_console.pickups.models import Booking
from agent_console.pickups.selectors.bookings import Round
from agent_console.pickups.volumes import cubic_metres

BOM = "\ufeff"  # spreadsheets take the file for UTF-8 only with it
# A cell that starts so would be run as a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_HEADERS = [
    "Ordre", "Date", "Moment", "Adresse", "Commune", "Emplacement", "Objets", "Nombre", "Volume",
    "Référence", "Contact", "État",
]  # fmt: skip


def round_as_csv(tour: Round) -> str:
    """One line per address, in the order of the round."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADERS)
    for order, booking in enumerate(tour.bookings, start=1):
        writer.writerow([order, *_cells(booking)])
    return out.getvalue()


def _cells(booking: Booking) -> list[str | int]:
    objects = ", ".join(f"{row.count} {row.item.label_fr}" for row in booking.items.all())
    return [
        booking.slot.day.strftime("%d/%m/%Y"),
        booking.slot.get_window_display(),
        _safe(booking.address),
        booking.commune.name,
        _safe(booking.place),
        objects,
        booking.objects_count,
        cubic_metres(booking.litres),
        booking.reference_display,
        _safe(booking.contact),
        booking.get_state_display(),
    ]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
