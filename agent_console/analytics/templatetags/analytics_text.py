"""How numbers are said on these pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django import template

from ..measures import SECONDS, Measure

register = template.Library()
_MINUTE_S, _HOUR_S = 60, 3600


@register.filter
def spell(seconds: float | None) -> str:
    """Seconds as « 42 s », « 3 min 05 s » or « 2 h 10 min »; a dash without any."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < _MINUTE_S:
        return _solid(f"{whole} s")
    if whole < _HOUR_S:
        return _solid(f"{whole // 60} min {whole % 60:02} s")
    return _solid(f"{whole // 3600} h {whole % 3600 // 60:02} min")


@register.filter
def mean_of(mean: float | None, measure: Measure) -> str:
    """A measure's mean: seconds as ``spell`` says them, scores as « 4,25 »."""
    if mean is None or measure.total_title == SECONDS:
        return spell(mean)
    return f"{mean:.2f}".replace(".", ",")


@register.filter
def spell_short(wait: timedelta | float | None) -> str:
    """A span of time as it is read from afar: « 42 s », « 3 min », « 2 h 10 »."""
    if wait is None:
        return "–"
    seconds = round(wait.total_seconds() if isinstance(wait, timedelta) else wait)
    if seconds < _MINUTE_S:
        return _solid(f"{seconds} s")
    if seconds < _HOUR_S:
        return _solid(f"{seconds // 60} min")
    return _solid(f"{seconds // 3600} h {seconds % 3600 // 60:02}")


@register.filter
def change(now: float | None, before: float | None) -> str:
    """By how much ``now`` is more than ``before``, in percent points: « +2,5 pts »."""
    if now is None or before is None:
        return "–"
    return _solid(f"{now - before:+.1f} pts".replace(".", ",").replace("-", "−"))


@register.filter
def percent(value: float | None) -> str:
    """By how much something changed: « +12,3 % »; a dash without any."""
    if value is None:
        return "–"
    return _solid(f"{value:+.1f} %".replace(".", ",").replace("-", "−"))


@register.filter
def magnitude(value: float) -> str:
    """A change without its sign, for a sentence that says its direction: « 12,3 % »."""
    return _solid(f"{abs(value):.1f} %".replace(".", ","))


@register.filter
def by_key(names: Mapping[str, str], key: str) -> str:
    """The name of ``key``, or itself."""
    return names.get(key, key)


@register.filter
def euros(cents: int) -> str:
    """Cents as « 12,50 € »."""
    return _solid(f"{cents / 100:,.2f} €".replace(",", " ").replace(".", ","))


def _solid(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")
