"""How much was sorted in each commune and week, by either volume."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Sum
from django.db.models.functions import TruncWeek

from ..models import DailyTotal
from .daily import DEPOSITS
from .models import Volume, WeekTonnage

type Series = Mapping[str, Mapping[date, float]]
"""By commune and Monday: kilograms or items."""


def weekly(volume: str, *, communes: Collection[str], weeks: Sequence[date]) -> Series:
    """The volumes of these weeks (in order).

    Of a week without a word there is no tonnage; without a deposit there were none, once the
    commune has had any at all.
    """
    if not weeks:
        return {}
    if volume == Volume.TONNAGE:
        return _tonnage(communes, weeks)
    return _deposits(communes, weeks)


def _tonnage(communes: Collection[str], weeks: Sequence[date]) -> Series:
    found: dict[str, dict[date, float]] = defaultdict(dict)
    newest = (
        WeekTonnage.objects.filter(commune__in=communes, week__range=(weeks[0], weeks[-1]))
        .order_by("commune", "week", "-id")
        .distinct("commune", "week")
    )
    for insee, week, kilograms in newest.values_list("commune", "week", "kilograms"):
        found[insee][week] = kilograms
    return found


def _deposits(communes: Collection[str], weeks: Sequence[date]) -> Series:
    known = DailyTotal.objects.filter(measure=DEPOSITS.code, key__in=communes)
    found: dict[str, dict[date, float]] = {
        insee: dict.fromkeys(weeks, 0) for insee in known.values_list("key", flat=True).distinct()
    }
    sums = (
        known.filter(day__range=(weeks[0], weeks[-1] + timedelta(days=6)))
        .annotate(week=TruncWeek("day"))
        .values_list("key", "week")
        .annotate(items=Sum("total"))
    )
    for insee, week, items in sums:
        found[insee][week] = items
    return found
