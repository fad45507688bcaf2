"""Bringing the shipped rules (hours, bodies, who is competent) in, once."""

from datetime import time
from pathlib import Path
from typing import Any

import yaml

from agent_console.places.models import Commune

from .models import Body, CompetenceRule, OnCallSettings, ServiceHours

_FILE = Path(__file__).parent / "data" / "competence.yaml"


def case_rules_load() -> None:
    """Insert what is missing, inside the caller's transaction; what is there is left alone.

    Rules come only with the first load: one that a supervisor removed stays away.  Rules of
    communes that are not loaded are left out.
    """
    data = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    OnCallSettings.objects.get_or_create(pk=1)
    week = []
    for weekday, hours in enumerate(data["service_hours"]):
        opens, closes = map(time.fromisoformat, hours) if hours else (None, None)
        week.append(ServiceHours(weekday=weekday, opens_at=opens, closes_at=closes))
    ServiceHours.objects.bulk_create(week, ignore_conflicts=True)
    is_first = not CompetenceRule.objects.exists() and not Body.objects.exists()
    if is_first:
        _first_load(data)


def _first_load(data: dict[str, Any]) -> None:
    Body.objects.bulk_create(Body(is_default=True, **row) for row in data["bodies"])
    communes = set(Commune.objects.values_list("pk", flat=True))
    CompetenceRule.objects.bulk_create(
        CompetenceRule(
            category_id=row.get("category"),
            commune_id=row.get("commune"),
            body_id=row["body"],
            priority=row["priority"],
            is_default=True,
        )
        for row in data["rules"]
        if row.get("commune") is None or row["commune"] in communes
    )
