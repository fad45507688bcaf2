"""Amounts, durations and look-ups the way these pages write them."""

from collections.abc import Mapping

from django import template

register = template.Library()
_SPACE = "\u202f"  # narrow, no break
_NBSP = "\u00a0"
_UNITS = ((86_400, "jour", "jours"), (3600, "heure", "heures"), (60, "minute", "minutes"))


@register.filter
def number(count: int) -> str:
    """``1234`` → ``1 234``."""
    return f"{count:,}".replace(",", _SPACE)


@register.filter
def euros(cents: int) -> str:
    """``123456`` → ``1 234,56 €``; whole euros without decimals."""
    whole, rest = divmod(cents, 100)
    return f"{number(whole)}{f',{rest:02}' if rest else ''}{_NBSP}€"


@register.filter
def duration(seconds: int) -> str:
    """The largest unit that says it exactly: ``7200`` → ``2 heures``."""
    for size, one, many in _UNITS:
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{number(count)}{_NBSP}{one if count == 1 else many}"
    return f"{number(seconds)}{_NBSP}s"


@register.filter
def lookup[T](mapping: Mapping[object, T], key: object) -> T | None:
    """``mapping[key]``, or nothing."""
    return mapping.get(key)
