"""Reads of outages: which are on, which one covers a place, what belongs to one."""

from datetime import timedelta

from django.db.models import Count, F, Q, QuerySet

from agent_console.places.models import Commune

from .models import Category, Outage, OutageReport, Report, Support
from .workflow import OPEN

# What came in this long before the declaration may tell of the same outage.
_BEFORE = timedelta(days=14)


def outages_on() -> QuerySet[Outage]:
    """Those that are on, the newest first, with how many reports they hold."""
    return _counted().filter(ended_at=None)


def outages_ended(*, limit: int = 50) -> QuerySet[Outage]:
    """Those that are over, the newest first."""
    return _counted().exclude(ended_at=None)[:limit]


def outage_find(*, outage_id: int) -> Outage | None:
    """One, with its parent and how many reports it holds."""
    return _counted().filter(pk=outage_id).first()


def outage_of(report: Report) -> Outage | None:
    """The outage that ``report`` is the parent or a part of, while it is on."""
    part = Q(parent=report) | Q(links__report=report, links__detached_at=None)
    return Outage.objects.filter(part, ended_at=None).select_related("parent").first()


def outage_covering(*, category: Category, commune: Commune | None) -> Outage | None:
    """The newest one that is on, for the same kind of problem in this commune.

    A city that was declared holds its arrondissements; a city that is only named is none of them.
    """
    if commune is None:
        return None
    where = [commune.pk, *([commune.parent_id] if commune.parent_id else [])]
    same = Q(category=category)
    if category.family:
        same |= Q(category__family=category.family)
    return (
        Outage.objects.filter(same, ended_at=None, communes__in=where)
        .select_related("parent__category", "parent__commune")
        .order_by("-id")
        .first()
    )


def people_in(outage: Outage) -> int:
    """How many said so: authors of its reports, and who follows the parent."""
    followers = Support.objects.filter(report=outage.parent_id, ended_at=None).count()
    return 1 + followers + parts_of(outage).count()


def parts_of(outage: Outage) -> QuerySet[OutageReport]:
    """Its reports beside the parent, or those that it ended with; with what a list shows."""
    return outage.links.filter(detached_at=outage.ended_at).select_related(
        "report__category", "report__commune"
    )


def reports_to_offer(outage: Outage, *, limit: int = 200) -> list[Report]:
    """Open reports that it covers and that are part of none, the newest first."""
    rows = coverable(outage).filter(created_at__gte=outage.declared_at - _BEFORE)
    parts = OutageReport.objects.filter(detached_at=None).values("report")
    rows = rows.exclude(pk__in=parts)
    return list(rows.select_related("category", "commune").order_by("-created_at")[:limit])


def coverable(outage: Outage) -> QuerySet[Report]:
    """Open reports of the same kind of problem in its communes, beside its parent."""
    places = outage.communes.values_list("pk", flat=True)
    inside = Commune.objects.filter(Q(pk__in=places) | Q(parent__in=places)).values("pk")
    same = Q(category=outage.category_id)
    if outage.category.family:
        same |= Q(category__family=outage.category.family)
    return Report.objects.filter(same, state__in=OPEN, commune__in=inside).exclude(
        pk=outage.parent_id
    )


def _counted() -> QuerySet[Outage]:
    with_it = Q(ended_at=None, links__detached_at=None) | Q(links__detached_at=F("ended_at"))
    number = Count("links", filter=with_it)
    return (
        Outage.objects.annotate(parts=number)
        .select_related("parent__commune", "category")
        .prefetch_related("communes")
    )
