"""The audit trail: who looked at whom, and who changed whose access.

What was changed of a case stands in that case's own append-only history; here stand the looks,
which leave no other trace.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from .models import Act, AuditEntry

# Parts of an open page are fetched again and again: that is one look.
ONE_LOOK = timedelta(minutes=15)
_LATEST = 20  # a colleague's newest entries, among which the same look is searched


def audit(
    *,
    actor: User,
    act: Act,
    resident_id: uuid.UUID | None = None,
    colleague: User | None = None,
    subject: str = "",
) -> None:
    """Write an act down before its answer is made: what can't be written is not shown.

    The row commits with the caller's transaction, or on its own: a page that was seen is in the
    trail even when its answer was lost on the way.
    """
    AuditEntry.objects.create(
        actor=actor, act=act, resident=resident_id, colleague=colleague, subject=subject
    )


def audit_look(
    *, actor: User, act: Act, subject: str, resident_id: uuid.UUID | None = None
) -> None:
    """The same for what is shown, or may be sent twice: within ``ONE_LOOK`` it is one entry."""
    since = timezone.now() - ONE_LOOK
    latest = AuditEntry.objects.filter(actor=actor)[:_LATEST]
    look = (act, subject, resident_id)
    if not any((one.act, one.subject, one.resident) == look and one.at > since for one in latest):
        audit(actor=actor, act=act, resident_id=resident_id, subject=subject)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which entries: of these people, by this colleague, between two days (both included)."""

    residents: Collection[uuid.UUID] = ()
    actor: str = ""
    since: date | None = None
    until: date | None = None


def audit_page(*, asked: Asked, before: int | None, limit: int) -> tuple[list[AuditEntry], int]:
    """The newest entries first, and the cursor of the next page (0: there is none).

    ``before``: the cursor, an entry's number; one index is read from there, whatever its age.
    """
    found = AuditEntry.objects.select_related("actor", "colleague")
    if asked.residents:
        found = found.filter(resident__in=asked.residents)
    if asked.actor:
        found = found.filter(actor__username=asked.actor)
    if asked.since:
        found = found.filter(at__gte=_midnight(asked.since))
    if asked.until:
        found = found.filter(at__lt=_midnight(asked.until + timedelta(days=1)))
    last = AuditEntry.objects.filter(pk=before).first() if before else None
    if last:
        found = found.filter(at__lte=last.at, pk__lt=last.pk)
    rows = list(found[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else 0


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
