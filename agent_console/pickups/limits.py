"""What a rule lets be booked: pure checks, so that forms, API and services say the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import (
    ItemForbidden,
    ItemUnknown,
    NoItems,
    SlotTooFar,
    SlotTooSoon,
    TooManyObjects,
    TooMuchVolume,
)
from .models import CommuneRule, Item
from .volumes import cubic_metres


@dataclass(frozen=True)
class Line:
    """So many of one object."""

    item: Item
    count: int

    @property
    def litres(self) -> int:
        """Their volume together."""
        return (self.item.litres or 0) * self.count


@dataclass(frozen=True)
class Load:
    """All that one pickup takes along."""

    lines: tuple[Line, ...]

    @property
    def objects(self) -> int:
        return sum(line.count for line in self.lines)

    @property
    def litres(self) -> int:
        return sum(line.litres for line in self.lines)


def load_of(wanted: Sequence[tuple[str, int]]) -> Load:
    """The objects of ``(code, count)``; the same code twice is summed.

    Raises ``NoItems``, ``ItemUnknown``, ``ItemForbidden``.
    """
    counts: dict[str, int] = {}
    for code, count in wanted:
        counts[code] = counts.get(code, 0) + count
    if not counts or min(counts.values()) < 1:
        raise NoItems
    known = Item.objects.filter(is_offered=True).in_bulk(list(counts))
    for code in counts:
        if code not in known:
            raise ItemUnknown(code)
        item = known[code]
        if not item.is_accepted:
            raise ItemForbidden(code, item.label_fr, item.instead_fr)
    return Load(tuple(Line(known[code], count) for code, count in counts.items()))


def check_load(load: Load, rule: CommuneRule) -> None:
    """Raises ``TooManyObjects``, ``TooMuchVolume``."""
    if load.objects > rule.max_objects:
        raise TooManyObjects(load.objects, rule.max_objects)
    if load.litres > rule.max_litres:
        raise TooMuchVolume(
            cubic_metres(load.litres), cubic_metres(rule.max_litres), load.litres, rule.max_litres
        )


def first_day(rule: CommuneRule, today: date) -> date:
    """The nearest day that may be booked."""
    return today + timedelta(days=rule.lead_days)


def last_day(rule: CommuneRule, today: date) -> date:
    """The farthest day that may be booked."""
    return today + timedelta(days=rule.ahead_days)


def check_day(day: date, rule: CommuneRule, today: date) -> None:
    """Raises ``SlotTooSoon``, ``SlotTooFar``."""
    if day < first_day(rule, today):
        raise SlotTooSoon(rule.lead_days)
    if day > last_day(rule, today):
        raise SlotTooFar(rule.ahead_days)
