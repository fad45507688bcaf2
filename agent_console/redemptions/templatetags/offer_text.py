"""Texts of partners, set as a printer would."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import stringfilter

from channels_config.web.typography import french
from service_kit import voucher_code

register = template.Library()


@register.filter
@stringfilter
def typeset(text: str) -> str:
    """Typographic apostrophes and spaces that do not break; what partners type is plain."""
    return french(text)


@register.filter
def grouped(code: str) -> str:
    """``0KM4RX72F`` → ``0KM-4RX-72F``."""
    return voucher_code.shown(code)
