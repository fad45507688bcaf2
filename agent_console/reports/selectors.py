"""Reads of reports."""

from django.db.models import QuerySet

from agent_console.references import parse_reference

from .models import Report


def report_list(*, state: str | None = None, limit: int = 100) -> QuerySet[Report]:
    """The newest reports with what a list shows, in one ``state`` or in all."""
    reports = Report.objects.select_related("category__service", "commune", "reward")
    if state is not None:
        reports = reports.filter(state=state)
    return reports.order_by("-created_at")[:limit]


def report_find(*, reference: str) -> Report | None:
    """The report of a reference in any spelling, with all that its page shows."""
    digits = parse_reference(reference)
    if digits is None:
        return None
    return (
        Report.objects.select_related(
            "category__service", "commune", "resident", "conversation", "reward"
        )
        .prefetch_related("transitions__actor")
        .filter(reference=digits)
        .first()
    )
