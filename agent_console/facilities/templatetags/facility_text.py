"""Distances, positions and numbers to call."""

from __future__ import annotations

from django import template
from django.template.defaultfilters import stringfilter

from channels_config.web.typography import french

register = template.Library()
_NO_BREAK = "\u00a0"


@register.filter
def distance(metres: int) -> str:
    """``83`` → ``80 m``, ``1240`` → ``1,2 km``, ``12400`` → ``12 km``."""
    if metres < 995:
        return f"{max(round(metres, -1), 10)}{_NO_BREAK}m"
    if metres < 9_950:
        return f"{metres / 1000:.1f}".replace(".", ",") + f"{_NO_BREAK}km"
    return f"{round(metres / 1000)}{_NO_BREAK}km"


@register.filter
def degrees(value: float) -> str:
    """With a point, whatever the page's language: scripts and ``geo:`` addresses read it."""
    return f"{value:.6f}"


@register.filter
def dialled(phone: str) -> str:
    """``04 91 00 00 00`` → ``0491000000``."""
    return "".join(char for char in phone if char.isdigit() or char == "+")


@register.filter
@stringfilter
def typeset(text: str) -> str:
    """Typographic apostrophes and spaces that do not break; rules and errors are typed plain."""
    return french(text)
