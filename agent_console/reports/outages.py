"""Big outages: declaring one, what belongs to it, ending all of it at once and taking that back.

Each public function is ONE transaction.  Locks are taken in one order: the outage, then reports by
their number.
"""

import uuid
from collections.abc import Collection, Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.utils import timezone

from agent_console.places.models import Commune

from .announcing import announce_outages
from .errors import (
    OutageChanged,
    OutageCommuneMissing,
    OutageDeclared,
    OutageEnded,
    OutageUnknown,
    PermissionMissing,
    ReportClosedAlready,
)
from .models import Outage, OutageAct, OutageChange, OutageReport, Report
from .outage_reads import coverable, outage_covering
from .steps import advance
from .workflow import CLOSED, OPEN, State

MANAGE = "reports.manage_outages"
CLOSE, REOPEN = "close_outage", "reopen"


@transaction.atomic
def outage_declare(
    *,
    report: Report,
    message_fr: str,
    message_en: str,
    communes: Iterable[Commune],
    expected_end: datetime | None,
    actor: User,
) -> Outage:
    """Make an open report the parent of an outage; the report itself goes on as before.

    Raises ``PermissionMissing``, ``ReportClosedAlready``, ``OutageDeclared`` when it is part of
    one, ``OutageCommuneMissing``.
    """
    _check(actor)
    chosen = list(communes)
    if not chosen:
        raise OutageCommuneMissing
    parent = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if parent.state in CLOSED:
        raise ReportClosedAlready(State(parent.state).label)
    if parent.outage_links.filter(detached_at=None, outage__ended_at=None).exists():
        raise OutageDeclared
    try:
        with transaction.atomic():
            outage = Outage.objects.create(
                parent=parent,
                category_id=parent.category_id,
                message_fr=message_fr,
                message_en=message_en,
                expected_end=expected_end,
            )
    except IntegrityError as error:
        raise OutageDeclared from error
    outage.communes.set(chosen)
    _record(outage, OutageAct.DECLARED, actor=actor, report=parent, note=message_fr)
    announce_outages(outage)
    return outage


@transaction.atomic
def outage_change(
    *,
    outage_id: int,
    seen: int,
    message_fr: str,
    message_en: str,
    communes: Iterable[Commune],
    expected_end: datetime | None,
    actor: User,
) -> Outage:
    """Other words, another end or other communes; what is attached stays so.

    Raises ``PermissionMissing``, ``OutageUnknown``, ``OutageEnded``, ``OutageChanged`` when
    somebody changed it since ``seen``, ``OutageCommuneMissing``.
    """
    outage = _on(outage_id, actor)
    if outage.version != seen:
        raise OutageChanged
    chosen = list(communes)
    if not chosen:
        raise OutageCommuneMissing
    outage.message_fr, outage.message_en = message_fr, message_en
    outage.expected_end = expected_end
    outage.version += 1
    outage.save(update_fields=["message_fr", "message_en", "expected_end", "version"])
    outage.communes.set(chosen)
    _record(outage, OutageAct.CHANGED, actor=actor, note=message_fr)
    announce_outages(outage)
    return outage


@transaction.atomic
def outage_attach(*, outage_id: int, reports: Collection[uuid.UUID], actor: User) -> int:
    """Make reports part of it; those that are closed, or part of one already, are left out.

    Raises ``PermissionMissing``, ``OutageUnknown``, ``OutageEnded``.
    """
    outage = _on(outage_id, actor)
    rows = coverable(outage).filter(pk__in=list(reports)).select_for_update(of=("self",))
    attached = 0
    for report in rows.order_by("pk"):
        attached += _attach(outage, report, actor=actor)
    announce_outages(outage)
    return attached


@transaction.atomic
def outage_detach(*, outage_id: int, report_id: uuid.UUID, actor: User) -> None:
    """It was something else; again changes nothing.

    Raises ``PermissionMissing``, ``OutageUnknown``, ``OutageEnded``.
    """
    outage = _on(outage_id, actor)
    link = outage.links.filter(report=report_id, detached_at=None).first()
    if link is None:
        return
    link.detached_at = timezone.now()
    link.save(update_fields=["detached_at"])
    _record(outage, OutageAct.DETACHED, actor=actor, report=link.report)
    announce_outages(outage)


@transaction.atomic
def outage_attach_new(*, report: Report) -> None:
    """Make a report that just came in part of the outage that covers it, if there is one.

    In the intake's transaction: whoever ends the outage at this moment comes before or after, and
    a report is never attached to one that is over.
    """
    if report.state in CLOSED:
        return
    found = outage_covering(category=report.category, commune=report.commune)
    if found is None or found.parent_id == report.pk:
        return
    outage = Outage.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if outage.ended_at is None and _attach(outage, report, actor=None):
        announce_outages(outage)


@transaction.atomic
def outage_close(*, outage_id: int, reason_code: str = "", reason: str = "", actor: User) -> int:
    """End it: the parent and its open reports are resolved, all or none; how many were.

    Each has its step in its history and the job that tells its author and settles its reward, in
    this ONE transaction: after a crash either everything is closed and will be told, or nothing
    is.  What a colleague has closed meanwhile stays as it was.

    Raises ``PermissionMissing``, ``OutageUnknown``, ``OutageEnded``, ``ReasonMissing``.
    """
    outage = _on(outage_id, actor)
    links = {link.report_id: link for link in outage.links.filter(detached_at=None)}
    outage.ended_at = timezone.now()
    closed = 0
    for report in _locked([outage.parent_id, *links]):
        if report.state not in OPEN:
            continue
        advance(
            report_id=report.pk,
            action=CLOSE,
            actor=actor,
            reason=reason,
            reason_code=reason_code,
        )
        closed += 1
        step = report.transitions.order_by("-id").first()
        if report.pk == outage.parent_id:
            outage.closing = step
        else:
            links[report.pk].closing = step
    for link in links.values():
        link.detached_at = outage.ended_at
    OutageReport.objects.bulk_update(links.values(), ["closing", "detached_at"])
    outage.version += 1
    outage.save(update_fields=["ended_at", "closing", "version"])
    _record(outage, OutageAct.CLOSED, actor=actor, note=f"{closed} signalements. {reason}".strip())
    announce_outages(outage)
    return closed


@transaction.atomic
def outage_reopen(*, outage_id: int, reason: str, actor: User) -> int:
    """Take a mistaken end back: what it closed, and nobody touched since, is reopened, all or none.

    By the workflow's own step, so its rules hold: the permission to reopen, a reason that people
    read, and its time.

    Raises ``PermissionMissing``, ``OutageUnknown``, ``OutageDeclared`` when the parent has another
    one now, ``ReasonMissing``, ``ReopenTooLate``.
    """
    _check(actor)
    outage = _find(outage_id)
    if outage.ended_at is None:
        return 0
    links = {link.report_id: link for link in outage.links.filter(detached_at=outage.ended_at)}
    closings = {number: link.closing_id for number, link in links.items()}
    closings[outage.parent_id] = outage.closing_id
    elsewhere = OutageReport.objects.filter(report__in=links, detached_at=None)
    taken = set(elsewhere.values_list("report", flat=True))
    reopened = 0
    for report in _locked(list(closings)):
        last = report.transitions.order_by("-id").values_list("pk", flat=True).first()
        if last == closings[report.pk]:
            advance(report_id=report.pk, action=REOPEN, actor=actor, reason=reason)
            reopened += 1
    for number, link in links.items():
        link.closing = None
        link.detached_at = outage.ended_at if number in taken else None
    OutageReport.objects.bulk_update(links.values(), ["closing", "detached_at"])
    outage.ended_at = outage.closing = None
    outage.version += 1
    try:
        with transaction.atomic():
            outage.save(update_fields=["ended_at", "closing", "version"])
    except IntegrityError as error:
        raise OutageDeclared from error
    _record(
        outage, OutageAct.REOPENED, actor=actor, note=f"{reopened} signalements. {reason}".strip()
    )
    announce_outages(outage)
    return reopened


def _check(actor: User) -> None:
    if not actor.has_perm(MANAGE):
        raise PermissionMissing


def _find(outage_id: int) -> Outage:
    outage = Outage.objects.select_for_update(of=("self",)).filter(pk=outage_id).first()
    if outage is None:
        raise OutageUnknown
    return outage


def _on(outage_id: int, actor: User) -> Outage:
    _check(actor)
    outage = _find(outage_id)
    if outage.ended_at is not None:
        raise OutageEnded
    return outage


def _locked(ids: Collection[uuid.UUID]) -> list[Report]:
    rows = Report.objects.select_for_update(of=("self",)).filter(pk__in=list(ids))
    return list(rows.order_by("pk"))


def _attach(outage: Outage, report: Report, *, actor: User | None) -> bool:
    try:
        with transaction.atomic():
            OutageReport.objects.create(outage=outage, report=report, actor=actor)
    except IntegrityError:  # it is part of one already
        return False
    _record(outage, OutageAct.ATTACHED, actor=actor, report=report)
    return True


def _record(
    outage: Outage,
    act: OutageAct,
    *,
    actor: User | None,
    report: Report | None = None,
    note: str = "",
) -> None:
    OutageChange.objects.create(outage=outage, act=act, report=report, note=note[:400], actor=actor)
