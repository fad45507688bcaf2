"""Reading facilities, imports and rules.  Distances are in ``nearest``, words in ``sorting``."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from .models import Facility, FacilityImport, SortingChange, SortingRule


def facility_find(*, facility_id: UUID) -> Facility | None:
    """A facility that is in service, or ``None``."""
    return (
        Facility.objects.filter(pk=facility_id, retired_at=None).select_related("commune").first()
    )


def examples_are_shown() -> bool:
    """Whether made-up facilities are among those in service: pages then say so."""
    return Facility.objects.filter(is_example=True, retired_at=None).exists()


def imports_recent(*, limit: int) -> QuerySet[FacilityImport]:
    """The last imports without their files."""
    return FacilityImport.objects.select_related("actor").defer("content")[:limit]


def import_find(*, import_id: UUID) -> FacilityImport | None:
    """One import, its file still apart."""
    return (
        FacilityImport.objects.select_related("actor").defer("content").filter(pk=import_id).first()
    )


def sorting_rules() -> QuerySet[SortingRule]:
    """Every rule in the order of the alphabet."""
    return SortingRule.objects.order_by("name")


def sorting_rule_find(*, code: str) -> SortingRule | None:
    """A rule, or ``None``."""
    return SortingRule.objects.filter(pk=code).first()


def sorting_history(*, rule: SortingRule) -> QuerySet[SortingChange]:
    """What was changed in a rule and its overrides, newest first."""
    return rule.changes.select_related("actor", "commune")
