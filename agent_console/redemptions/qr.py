"""The QR code of a voucher, drawn into the page: no image is fetched from anywhere."""

from __future__ import annotations

import segno
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe


def voucher_address(code: str) -> str:
    """What the QR code holds: the partner's page of this voucher (``/partners/v/<code>``)."""
    return f"{settings.PUBLIC_BASE_URL}/partners/v/{code}"


def voucher_qr(code: str) -> SafeString:
    """Inline SVG, black on white in any colour scheme; its size is the style sheet's."""
    drawn = segno.make(voucher_address(code), error="m", micro=False).svg_inline(
        border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308 - made here, of a checked code
