"""The QR code of a label, drawn into the page: no image is fetched from anywhere.

It holds the reference, not the label's address: a label lies in the street, and whoever photographs
it must not be able to change the booking.
"""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe

from agent_console.pickups.models import Booking


def label_qr(booking: Booking) -> SafeString:
    """Inline SVG, black on white in any colour scheme; its size is the style sheet's."""
    drawn = segno.make(booking.reference, error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made here, of nine digits
