"""Waking people for dangers, again and again, until somebody says that they take it up."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from . import queue
from .announcing import announce_oncall, announce_report
from .errors import PageUnknown, PermissionMissing
from .models import Clock, OnCallPage, OnCallSettings, Report
from .workflow import CLOSED


def page_if_dangerous(report: Report, *, now: datetime) -> None:
    """Page for a danger (clock ``always``), inside the caller's transaction; once while open."""
    if report.category.clock != Clock.ALWAYS:
        return
    page, is_new = OnCallPage.objects.get_or_create(
        report=report, ended_at=None, defaults={"next_at": now + _pause()}
    )
    if is_new:
        queue.enqueue_page(page_id=page.pk, level=page.level)
        announce_oncall()


def pages_end(report: Report, *, now: datetime) -> None:
    """A closed report wakes nobody; inside the caller's transaction."""
    if report.pages.filter(ended_at=None).update(ended_at=now):
        announce_oncall()


@transaction.atomic
def page_acknowledge(*, page_id: int, actor: User) -> OnCallPage:
    """A person takes the danger up: it is no longer repeated.  The first one stays named.

    Raises ``PermissionMissing``, ``PageUnknown``.
    """
    if not actor.has_perm("reports.acknowledge_page"):
        raise PermissionMissing
    # No join: after waiting for the lock it would show who had it before the wait, nobody.
    page = OnCallPage.objects.select_for_update().filter(pk=page_id).first()
    if page is None:
        raise PageUnknown
    if page.ended_at is None:
        page.ended_at, page.acknowledged_by = timezone.now(), actor
        page.save(update_fields=["ended_at", "acknowledged_by"])
        announce_oncall()
        announce_report(page.report)
    return page


@transaction.atomic
def pages_repeat(*, now: datetime, limit: int) -> int:
    """Repeat what nobody took up yet, one level higher; how many.

    ONE transaction raises the levels, sets the next times and puts the jobs into the queue: a
    crash repeats all of it or nothing.
    """
    settings = OnCallSettings.objects.first() or OnCallSettings()
    due = OnCallPage.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        ended_at=None, next_at__lte=now
    )
    found = list(due.order_by("next_at").select_related("report")[:limit])
    for page in found:
        if page.report.state in CLOSED:
            page.ended_at = now
            continue
        page.level = min(page.level + 1, settings.levels)
        page.next_at = now + timedelta(minutes=settings.repeat_minutes)
        queue.enqueue_page(page_id=page.pk, level=page.level)
    OnCallPage.objects.bulk_update(found, ["level", "next_at", "ended_at"])
    if found:
        announce_oncall()
    return len(found)


def _pause() -> timedelta:
    settings = OnCallSettings.objects.first() or OnCallSettings()
    return timedelta(minutes=settings.repeat_minutes)
