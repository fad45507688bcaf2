"""Reads of reports."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.utils import timezone

from agent_console.places.models import Commune
from agent_console.references import parse_reference

from .models import Forward, ForwardState, OnCallPage, Report

# What a line shows; moments and texts that it doesn't show cost more to read than the line itself.
_ROW = (
    "reference", "address", "place", "latitude", "longitude", "state", "due_at", "closed_at",
    "created_at", "category__label_fr", "assigned_to__label", "commune__name",
)  # fmt: skip
_REPORTED_SINCE = timedelta(days=90)
_REPORTS_MIN = 3  # fewer are somebody's own street, not one that people speak of
_HOUSE_NUMBER = r"^\d+\s*(bis|ter|quater|[a-z])?[\s,]+"
LATE_MAX = 1000  # more are "more than a thousand": counting them all would cost every page


@dataclass(frozen=True, kw_only=True)
class ReportFilter:
    """What a list shows; empty means any.

    ``late_at``: only what is open and was due before then.  ``before``: only what comes after the
    row with this time of intake and number, newest first (keyset paging: every page costs the
    same, however far down).  A commune holds its arrondissements.
    """

    state: str = ""
    service: str = ""
    commune: str = ""
    late_at: datetime | None = None
    before: tuple[datetime, uuid.UUID] | None = None


def report_list(*, shown: ReportFilter | None = None, limit: int = 100) -> QuerySet[Report]:
    """The newest reports with what a list shows."""
    shown = shown or ReportFilter()
    reports = Report.objects.select_related("category", "assigned_to", "commune").only(*_ROW)
    if shown.state:
        reports = reports.filter(state=shown.state)
    if shown.service:
        reports = reports.filter(assigned_to=shown.service)
    if shown.commune:
        inside = Commune.objects.filter(Q(pk=shown.commune) | Q(parent=shown.commune))
        codes = list(inside.values_list("pk", flat=True))
        # One value keeps the index's order, a list of one does not.
        where = Q(commune=codes[0]) if len(codes) == 1 else Q(commune__in=codes)
        reports = reports.filter(where)
    if shown.late_at is not None:
        reports = reports.filter(closed_at=None, due_at__lt=shown.late_at)
    if shown.before is not None:
        at, last = shown.before
        reports = reports.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=last))
        reports = reports.filter(created_at__lte=at)  # the index starts here
    return reports.order_by("-created_at", "-id")[:limit]


def late_count(*, now: datetime) -> int:
    """How many open reports should have been dealt with by now; above ``LATE_MAX`` one more."""
    return Report.objects.filter(closed_at=None, due_at__lt=now)[: LATE_MAX + 1].count()


def pages_open() -> QuerySet[OnCallPage]:
    """Dangers that nobody took up yet, the oldest first."""
    return (
        OnCallPage.objects.filter(ended_at=None)
        .select_related("report__category", "report__commune")
        .order_by("created_at")
    )


def forwards_to_do(*, limit: int = 200) -> QuerySet[Forward]:
    """What an agent must hand over to other bodies, the oldest first."""
    return (
        Forward.objects.filter(state=ForwardState.TO_DO)
        .select_related("body", "report__category", "report__commune")
        .order_by("created_at")[:limit]
    )


def is_taken_in(*, intake_key: str) -> bool:
    """Whether a report was stored under this key already."""
    return Report.objects.filter(intake_key=intake_key).exists()


def report_find(*, reference: str) -> Report | None:
    """The report of a reference in any spelling, with all that its page shows."""
    digits = parse_reference(reference)
    if digits is None:
        return None
    # Ten joins in one query would cost more to plan than all of these to answer.
    return (
        Report.objects.select_related("category", "assigned_to", "commune", "reward")
        .prefetch_related(
            "category__service",
            "resident",
            "conversation",
            "body",
            "created_by",
            "duplicate_of",
            "transitions__actor",
            "category__questions",
            "forwards__body",
            "duplicates",
            "feedback",
        )
        .filter(reference=digits)
        .first()
    )


def streets_reported_most(*, limit: int) -> list[str]:
    """Streets, without house numbers, of which most reports of the last 90 days speak."""
    street = Func(
        F("address"), Value(_HOUSE_NUMBER), Value(""), Value("i"), function="regexp_replace"
    )
    counted = (
        Report.objects.filter(created_at__gt=timezone.now() - _REPORTED_SINCE)
        .exclude(address="")
        .annotate(street=street)
        .values("street")
        .annotate(reports=Count("pk"))
        .filter(reports__gte=_REPORTS_MIN)
    )
    return list(counted.order_by("-reports", "street").values_list("street", flat=True)[:limit])
