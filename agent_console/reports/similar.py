"""Reports that may tell of the same problem, found while somebody is still writing."""

import math
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    Func,
    Q,
    QuerySet,
    TextField,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, NullIf

from agent_console.masking.text import masked_by_rules
from agent_console.places.models import Commune
from agent_console.places.positions import EARTH_RADIUS_M, in_window

from .models import Category, Outage, Report, Support
from .workflow import OPEN, State

# What was dealt with this recently may be what somebody still sees, or what has come back.
RESOLVED_RECENTLY = timedelta(days=7)
# House numbers further apart than this are another stretch of the street.
NUMBERS_APART_MAX = 20
_CANDIDATES = 60  # rows that are ranked
_TEXT_CHARS_MAX = 500
_NUMBER = re.compile(r"\s*(\d{1,5})\b")
# Of a score of 1: being near weighs most, then being the same thing, then being told alike.
_WEIGHT_NEAR, _WEIGHT_CATEGORY, _WEIGHT_WORDS = 0.5, 0.2, 0.3


@dataclass(frozen=True, kw_only=True)
class Similar:
    """A report that may be the same; ``distance_m`` is ``None`` when only the street is shared.

    ``people``: its author and its supporters.  ``score`` ranks, between 0 and 1.  ``outage``: the
    one that it stands for.
    """

    report: Report
    distance_m: int | None
    people: int
    score: float
    outage: Outage | None = None

    @property
    def supporters_count(self) -> int:
        """Those beside the author."""
        return self.people - 1

    @property
    def is_open(self) -> bool:
        """Whether it can be joined."""
        return self.report.state in OPEN

    @property
    def where(self) -> str:
        """How far, in words."""
        if self.outage is not None:
            return "panne déclarée"
        if self.distance_m is None:
            return "même rue" if self.report.address else "même repère"
        if self.distance_m < 10:
            return "au même endroit"
        return f"à {round(self.distance_m, -1)}\u00a0m"

    @property
    def label(self) -> str:
        """What and where, in words that name nobody: a landmark may, and who lives there is hidden.

        Also while the worker has not read the report yet.
        """
        address = masked_by_rules(self.report.address).text if self.outage is None else ""
        parts = [self.report.category.label_fr, address, self.where]
        return ", ".join(part for part in parts if part)

    @property
    def said_by(self) -> str:
        """How many said so."""
        return f"déjà signalé par {self.people}\u00a0personne{'s' if self.people > 1 else ''}"


@dataclass(frozen=True)
class _Found:
    report: Report
    distance_m: int | None
    score: float


def reports_similar(
    *,
    category: Category,
    latitude: float | None,
    longitude: float | None,
    address: str,
    commune: Commune | None,
    text: str,
    at: datetime,
    place: str = "",
    but_not: Report | None = None,
    limit: int = 3,
) -> list[Similar]:
    """The likeliest ``limit`` reports of the same problem, best first.

    Same family of category, taken in within the category's days before or after ``at``, open or
    resolved within ``RESOLVED_RECENTLY``; and within the category's metres, or, where one of the
    two has no position or no house number, in the same street (or at the same landmark) of the
    same commune.  Give no position that is only a street's: it would hide the rest of the street.
    ``text`` only ranks.  ``but_not`` is left out: the report that is compared.  A category without
    a family is never compared.
    """
    if not category.family or not category.duplicate_age_days:
        return []
    rows = _comparable(category, at, text, but_not)
    found: list[_Found] = []
    if latitude is not None and longitude is not None:
        found += _within(rows, category, latitude, longitude)
        # Measured, unless the row's own position may be only the middle of its street.
        rows = rows.filter(Q(latitude=None) | ~Q(address__regex=r"^\s*\d"))
        rows = rows.exclude(pk__in=[one.report.pk for one in found])
    where = address.strip() or place.strip()
    if where and commune is not None:
        found += _in_street(rows, category, where, commune)
    best = sorted(found, key=lambda one: -one.score)[:limit]
    supporters = _supporters([one.report for one in best])
    return [
        Similar(
            report=one.report,
            distance_m=one.distance_m,
            people=1 + supporters.get(one.report.pk, 0),
            score=one.score,
        )
        for one in best
    ]


def similar_to(report: Report, *, limit: int = 5) -> list[Similar]:
    """The reports that may tell of the same problem as ``report``."""
    return reports_similar(
        category=report.category,
        latitude=report.latitude,
        longitude=report.longitude,
        address=report.address,
        commune=report.commune,
        place=report.place,
        text=report.description,
        at=report.created_at,
        but_not=report,
        limit=limit,
    )


def _comparable(
    category: Category, at: datetime, text: str, but_not: Report | None
) -> QuerySet[Report]:
    family = list(Category.objects.filter(family=category.family).values_list("pk", flat=True))
    age = timedelta(days=category.duplicate_age_days)
    rows = (
        Report.objects.filter(
            Q(closed_at=None) | Q(state=State.RESOLVED, closed_at__gte=at - RESOLVED_RECENTLY),
            category__in=family,
            created_at__gte=at - age,
            created_at__lte=at + age,
        )
        .annotate(words=_alike(text))
        .select_related("category", "commune")
    )
    return rows.exclude(pk=but_not.pk) if but_not is not None else rows


def _within(
    rows: QuerySet[Report], category: Category, latitude: float, longitude: float
) -> list[_Found]:
    radius = category.duplicate_radius_m
    near = (
        rows.filter(in_window(latitude, longitude, radius), latitude__isnull=False)
        .annotate(distance_m=_distance(latitude, longitude))
        .filter(distance_m__lte=radius)
        .order_by("distance_m")
    )
    return [_ranked(row, category, row.distance_m) for row in near[:_CANDIDATES]]


def _in_street(
    rows: QuerySet[Report], category: Category, where: str, commune: Commune
) -> list[_Found]:
    key = _street_key(Coalesce(NullIf(F("address"), Value("")), F("place")))
    same = (
        rows.filter(commune__in=_around(commune))
        .annotate(street_key=key)
        .filter(street_key=_street_key(Value(where)))
        .exclude(street_key="")
        .order_by("-created_at")
    )
    return [
        _ranked(row, category, None)
        for row in same[:_CANDIDATES]
        if _is_same_stretch(where, row.address)
    ]


def _alike(text: str) -> Combinable:
    words = text.strip()[:_TEXT_CHARS_MAX]
    if not words:
        return Value(0.0, output_field=FloatField())
    return TrigramWordSimilarity(words, "description")


def _ranked(row: Report, category: Category, distance_m: float | None) -> _Found:
    """``row`` carries ``words``.  A shared street counts like half the radius."""
    radius = category.duplicate_radius_m
    away = 0.5 if distance_m is None else distance_m / radius if radius else 0.0
    score = (
        _WEIGHT_NEAR * (1 - away)
        + _WEIGHT_CATEGORY * (row.category_id == category.pk)
        + _WEIGHT_WORDS * row.words  # type: ignore[attr-defined]
    )
    return _Found(row, None if distance_m is None else round(distance_m), score)


def _supporters(reports: Iterable[Report]) -> dict[uuid.UUID, int]:
    active = Support.objects.filter(report__in=list(reports), ended_at=None)
    return dict(active.values_list("report").annotate(number=Count("pk")))


def _around(commune: Commune) -> Iterable[str]:
    """The commune, what it is part of, and its parts: Marseille may be meant by its 6e."""
    parts = Commune.objects.filter(parent=commune).values_list("pk", flat=True)
    whole = [commune.parent_id] if commune.parent_id else []
    return [commune.pk, *whole, *parts]


def _is_same_stretch(one: str, other: str) -> bool:
    first, second = _NUMBER.match(one), _NUMBER.match(other)
    if first is None or second is None:
        return True
    return abs(int(first[1]) - int(second[1])) <= NUMBERS_APART_MAX


def _street_key(where: Combinable) -> Func:
    """As the index ``report_street`` spells it."""
    return Func(where, function="reports_street_key", output_field=TextField())


def _distance(latitude: float, longitude: float) -> Combinable:
    """Metres on the ground as if it were flat around there: right to the metre at this range."""
    metres = EARTH_RADIUS_M * math.pi / 180
    north = (F("latitude") - Value(latitude)) * Value(metres)
    shrunk = metres * math.cos(math.radians(latitude))
    east = (F("longitude") - Value(longitude)) * Value(shrunk)
    return ExpressionWrapper(
        Func(north * north + east * east, function="sqrt", output_field=FloatField()),
        output_field=FloatField(),
    )
