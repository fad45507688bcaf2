"""Voucher codes, amounts and partners' texts the way French writes them."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import stringfilter

from channels_config.web.typography import french
from service_kit import voucher_code

register = template.Library()
_NARROW_NO_BREAK = "\u202f"
_NO_BREAK = "\u00a0"


@register.filter
def grouped(code: str) -> str:
    """``0KM4RX72F`` → ``0KM-4RX-72F``."""
    return voucher_code.shown(code)


@register.filter
def euros(cents: int) -> str:
    """``123450`` → ``1 234,50 €``."""
    whole = f"{cents // 100:,}".replace(",", _NARROW_NO_BREAK)
    return f"{whole},{cents % 100:02}{_NO_BREAK}€"


@register.filter
@stringfilter
def typeset(text: str) -> str:
    """Typographic apostrophes and spaces that do not break; what partners type is plain."""
    return french(text)
