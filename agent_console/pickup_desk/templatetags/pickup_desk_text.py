"""Words of the pickups' screens."""

from __future__ import annotations

from collections.abc import Iterable

from django import template

from agent_console.pickup_desk.forms import WEEKDAYS

register = template.Library()


@register.filter
def weekday_names(numbers: Iterable[int]) -> str:
    """``[0, 2]`` → ``lundi, mercredi``."""
    names = dict(WEEKDAYS)
    return ", ".join(names[number].lower() for number in numbers)
