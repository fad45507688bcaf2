"""Pages of reports by any filter, whose cost does not grow with what there is.

Pages go by keys, not by numbers: what comes in while somebody reads moves nothing.  The newest
intake comes first, unless changes are asked for: then the oldest change does, so that a reader who
goes on from the last cursor misses none.
"""

from __future__ import annotations

import base64
import binascii
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.db.models.lookups import Exact
from django.utils import timezone

from agent_console.places.models import Commune
from agent_console.references import parse_reference

from .errors import CategoryUnknown, CommuneUnknown, CursorInvalid, ServiceUnknown
from .models import Category, Report, Service
from .models.reading import CELLS_PER_DEGREE, cell_number, cell_of

PAGE_MAX = 200
# A box of more cells than this holds so much that reading the newest and leaving out the others is
# quicker.
_CELLS_MAX = 25
_SHOWN = ("category", "assigned_to", "commune")


@dataclass(frozen=True, kw_only=True)
class Box:
    """WGS 84, degrees; its borders belong to it."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, kw_only=True)
class ReportQuery:
    """What is asked for; empty means any.  ``since`` is included, ``until`` is not.

    A commune holds its arrondissements.  ``late_at``: open, and due before then.
    """

    state: str = ""
    category: str = ""
    service: str = ""
    commune: str = ""
    channel: str = ""
    created_since: datetime | None = None
    created_until: datetime | None = None
    updated_since: datetime | None = None
    updated_until: datetime | None = None
    late_at: datetime | None = None
    box: Box | None = None

    @property
    def is_by_change(self) -> bool:
        """Whether pages go by the time of the last change."""
        return self.updated_since is not None or self.updated_until is not None


@dataclass(frozen=True)
class Page:
    """``next_cursor`` is empty on the last page; by change there is always one to come back to."""

    reports: list[Report]
    next_cursor: str


def reports_page(*, asked: ReportQuery, cursor: str = "", limit: int = 50) -> Page:
    """One page after ``cursor``.

    Raises ``CursorInvalid``, ``CategoryUnknown``, ``ServiceUnknown``, ``CommuneUnknown``.
    """
    if not 1 <= limit <= PAGE_MAX:
        raise ValueError(f"limit {limit} is not within 1 and {PAGE_MAX}")
    after = _cursor_read(cursor, is_by_change=asked.is_by_change) if cursor else None
    found = _filtered(asked)
    if asked.is_by_change:
        rows = _oldest_change_first(found, after, limit + 1)
    else:
        rows = _newest_first(found, asked.box, after, limit + 1)
    shown, has_more = rows[:limit], len(rows) > limit
    if asked.is_by_change:
        last = _key(shown[-1].updated_at, shown[-1].id, is_by_change=True) if shown else cursor
        return Page(shown, last)
    last = _key(shown[-1].created_at, shown[-1].id, is_by_change=False) if has_more else ""
    return Page(shown, last)


def report_read(*, reference: str) -> Report | None:
    """The report of a reference in any spelling, with its history."""
    digits = parse_reference(reference)
    if digits is None:
        return None
    return (
        Report.objects.select_related(*_SHOWN, "duplicate_of")
        .prefetch_related("transitions")
        .filter(reference=digits)
        .first()
    )


def commune_codes(insee: str) -> list[str]:
    """A commune and what lies in it; raises ``CommuneUnknown``."""
    inside = Commune.objects.filter(Q(pk=insee) | Q(parent=insee))
    found = list(inside.values_list("pk", flat=True))
    if not found:
        raise CommuneUnknown
    return found


def _filtered(asked: ReportQuery) -> QuerySet[Report]:
    reports = Report.objects.all()
    if asked.state:
        reports = reports.filter(state=asked.state)
    if asked.category:
        if not Category.objects.filter(pk=asked.category).exists():
            raise CategoryUnknown
        reports = reports.filter(category=asked.category)
    if asked.service:
        if not Service.objects.filter(pk=asked.service).exists():
            raise ServiceUnknown
        reports = reports.filter(assigned_to=asked.service)
    if asked.commune:
        codes = commune_codes(asked.commune)
        # One value keeps the index's order, a list of one does not.
        where = Q(commune=codes[0]) if len(codes) == 1 else Q(commune__in=codes)
        reports = reports.filter(where)
    if asked.channel:
        reports = reports.filter(channel=asked.channel)
    if asked.late_at is not None:
        reports = reports.filter(closed_at=None, due_at__lt=asked.late_at)
    if asked.box is not None:
        reports = reports.filter(
            latitude__range=(asked.box.south, asked.box.north),
            longitude__range=(asked.box.west, asked.box.east),
        )
    times = {
        "created_at__gte": asked.created_since,
        "created_at__lt": asked.created_until,
        "updated_at__gte": asked.updated_since,
        "updated_at__lt": asked.updated_until,
    }
    return reports.filter(**{name: at for name, at in times.items() if at is not None})


def _newest_first(
    reports: QuerySet[Report],
    box: Box | None,
    after: tuple[datetime, uuid.UUID] | None,
    limit: int,
) -> list[Report]:
    if after is not None:
        at, last = after
        reports = reports.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
        reports = reports.filter(created_at__lte=at)  # the index starts here
    order = ("-created_at", "-id")
    cells = list(_cells(box)) if box is not None else []
    if not cells:
        return list(reports.select_related(*_SHOWN).order_by(*order)[:limit])
    # The newest of each cell, by the cells' index, then the newest of those.
    parts = [
        reports.filter(cell).order_by(*order).values_list("id", "created_at")[:limit]
        for cell in cells
    ]
    newest = parts[0].union(*parts[1:], all=True).order_by(*order) if parts[1:] else parts[0]
    ids = [row[0] for row in newest[:limit]]
    return list(Report.objects.filter(pk__in=ids).select_related(*_SHOWN).order_by(*order))


def _oldest_change_first(
    reports: QuerySet[Report], after: tuple[datetime, uuid.UUID] | None, limit: int
) -> list[Report]:
    if after is not None:
        at, last = after
        reports = reports.filter(Q(updated_at__gt=at) | Q(updated_at=at, id__gt=last))
        reports = reports.filter(updated_at__gte=at)
    return list(reports.select_related(*_SHOWN).order_by("updated_at", "id")[:limit])


def _cells(box: Box) -> Iterator[Q]:
    """Conditions that together cover the box; none when it is too large for that."""
    rows = range(_side(box.south), _side(box.north) + 1)
    columns = range(_side(box.west), _side(box.east) + 1)
    if len(rows) * len(columns) > _CELLS_MAX:
        return
    cell = cell_of()
    for row in rows:
        for column in columns:
            yield Q(Exact(cell, float(cell_number(row, column))))


def _side(degrees: float) -> int:
    return math.floor(degrees * CELLS_PER_DEGREE)


def _key(at: datetime, last: uuid.UUID, *, is_by_change: bool) -> str:
    """A cursor: which order, a moment, a number; callers hand it back as it is."""
    text = f"{'u' if is_by_change else 'c'}|{at.isoformat()}|{last}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _cursor_read(text: str, *, is_by_change: bool) -> tuple[datetime, uuid.UUID]:
    try:
        plain = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        order, at, number = plain.decode("ascii").split("|")
        found = datetime.fromisoformat(at), uuid.UUID(number)
    except (ValueError, binascii.Error) as error:
        raise CursorInvalid from error
    if order != ("u" if is_by_change else "c") or not timezone.is_aware(found[0]):
        raise CursorInvalid
    return found
