"""Days, half-days and volumes as people read them, in French and English."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import override

from agent_console.pickups.models import Window
from agent_console.pickups.volumes import cubic_metres

register = template.Library()
_WINDOWS_EN = {
    Window.MORNING: "in the morning (8 am – 12 noon)",
    Window.AFTERNOON: "in the afternoon (1 – 5 pm)",
}


@register.filter
def day_fr(day: date) -> str:
    """``lundi 30 novembre 2026``."""
    with override("fr"):
        return date_format(day, "l j F Y")


@register.filter
def day_en(day: date) -> str:
    """``Monday 30 November 2026``."""
    with override("en"):
        return date_format(day, "l j F Y")


@register.filter
def window_en(window: str) -> str:
    """Half a day in English."""
    return _WINDOWS_EN[Window(window)]


@register.filter
def volume(litres: int | None) -> str:
    """``1250`` → ``1,25 m³``."""
    return cubic_metres(litres or 0)
