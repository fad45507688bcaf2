"""Which deadline holds for a report: its commune's own, or its category's."""

from datetime import datetime

from agent_console.french_days import is_public_holiday
from agent_console.places.models import Commune

from .clocks import Hours, deadline
from .models import Category, DeadlineOverride, ServiceHours


def service_hours() -> Hours:
    """Weekday → when the services are open; closed days are missing."""
    return {
        row.weekday: (row.opens_at, row.closes_at)
        for row in ServiceHours.objects.all()
        if row.opens_at is not None and row.closes_at is not None
    }


def due_at(*, category: Category, commune: Commune | None, start: datetime) -> datetime | None:
    """Until when it should be dealt with; ``None`` when the services never open."""
    rule = due_rule(category=category, commune=commune)
    return deadline(
        start,
        target_hours=rule.target_hours,
        clock=rule.clock,
        hours=service_hours(),
        is_holiday=is_public_holiday,
    )


def due_rule(*, category: Category, commune: Commune | None) -> Category | DeadlineOverride:
    """What says the clock and the hours: the nearest commune's own, or the category."""
    if commune is None:
        return category
    nearest_first = [commune.pk, commune.parent_id]
    found = {
        row.commune_id: row
        for row in DeadlineOverride.objects.filter(category=category, commune__in=nearest_first)
    }
    return next((found[insee] for insee in nearest_first if insee in found), category)
