"""Numbers and days the way French writes them; amounts and codes are ``till_text``'s."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django import template
from stdnum.fr import siret as siret_number

register = template.Library()
NARROW_NO_BREAK_SPACE = "\u202f"
NO_BREAK_SPACE = "\u00a0"


@register.filter
def number(count: int) -> str:
    """``1234`` → ``1 234``."""
    return f"{count:,}".replace(",", NARROW_NO_BREAK_SPACE)


@register.filter
def siret(digits: str) -> str:
    """``73282932000074`` → ``732 829 320 00074``, unbroken at line ends."""
    return str(siret_number.format(digits, separator=NO_BREAK_SPACE))


@register.filter
def day_before(day: date | datetime) -> date | datetime:
    """The last day (or instant) of a period whose end is exclusive."""
    step = timedelta(microseconds=1) if isinstance(day, datetime) else timedelta(days=1)
    return day - step


@register.filter
def lookup[T](mapping: dict[object, T], key: object) -> T | None:
    """``mapping[key]``, or nothing."""
    return mapping.get(key)
