"""Steps of a report's life.  Each public function is one transaction."""

import uuid
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import queue
from .announcing import announce_report
from .competence import competent_body
from .deadlines import due_at
from .errors import (
    CategoryUnknown,
    DuplicateRefused,
    PermissionMissing,
    ReasonMissing,
    ReopenTooLate,
    ReportUnknown,
    ServiceUnknown,
    TransitionRefused,
)
from .forwarding import forward_open
from .models import Category, Report, Service, Transition
from .oncall import page_if_dangerous, pages_end
from .supporters import duplicate_attach, duplicate_detach
from .workflow import CLOSED, STEPS, State, Step

_REASON_CHARS_MAX = 300


def report_validate(*, report: Report, actor: User) -> Report:
    """Confirm that the report is real: its reward is due; see ``advance`` for errors."""
    return advance(report_id=report.id, action="validate", actor=actor)


def report_reject(
    *, report: Report, actor: User, reason: str = "", reason_code: str = ""
) -> Report:
    """Turn a received report down with a reason that the citizen reads; see ``advance``."""
    return advance(
        report_id=report.id,
        action="reject",
        actor=actor,
        reason=reason,
        reason_code=reason_code,
    )


def report_decline(
    *, report: Report, actor: User, reason: str = "", reason_code: str = ""
) -> Report:
    """Turn down a report that was validated already; see ``advance`` for errors."""
    return advance(
        report_id=report.id,
        action="decline",
        actor=actor,
        reason=reason,
        reason_code=reason_code,
    )


@transaction.atomic
def report_assign(*, report: Report, actor: User, service_code: str, reason: str = "") -> Report:
    """Hand a validated report to a service; raises ``ServiceUnknown`` and as ``advance``."""
    service = Service.objects.filter(pk=service_code).first()
    if service is None:
        raise ServiceUnknown
    return advance(
        report_id=report.id,
        action="assign",
        actor=actor,
        reason=reason,
        changes={"assigned_to": service},
    )


def report_start(*, report: Report, actor: User) -> Report:
    """A crew begins; see ``advance`` for errors."""
    return advance(report_id=report.id, action="start", actor=actor)


@transaction.atomic
def report_resume(*, report: Report, actor: User) -> Report:
    """Take up what was closed and reopened; raises ``TransitionRefused`` for any other.

    The row is locked before its history is read, so nobody's step comes in between.
    """
    if not actor.has_perm(STEPS["resume"].permission):
        raise PermissionMissing
    locked = _locked(report.id)
    last = locked.transitions.exclude(from_state=F("to_state")).last()
    if last is None or last.action not in ("reopen", "dispute"):
        raise TransitionRefused(State(locked.state).label)
    return advance(report_id=report.id, action="resume", actor=actor)


def report_resolve(
    *, report: Report, actor: User, reason: str = "", reason_code: str = ""
) -> Report:
    """The problem is gone; the citizen is asked whether it is.  See ``advance`` for errors.

    ``reason_code`` is one of ``ClosureReason`` or nothing; both are what the citizen reads.
    """
    return advance(
        report_id=report.id, action="resolve", actor=actor, reason=reason, reason_code=reason_code
    )


def report_wrong_service(*, report: Report, actor: User, reason: str) -> Report:
    """Give a report back: another service must be found; see ``advance`` for errors."""
    return advance(report_id=report.id, action="wrong_service", actor=actor, reason=reason)


@transaction.atomic
def report_mark_duplicate(
    *, report: Report, actor: User, original_id: uuid.UUID, reason: str = ""
) -> Report:
    """Attach a report to the one that tells of the same problem, and its author to that one.

    Raises ``ReportUnknown``, ``DuplicateRefused`` and as ``advance``.  Both rows are locked, in
    the order of their ids, so that two reports can't become duplicates of each other.
    """
    locked = {
        row.pk: row
        for row in Report.objects.select_for_update(of=("self",))
        .filter(pk__in=[report.pk, original_id])
        .order_by("pk")
    }
    original = locked.get(original_id)
    if original is None:
        raise ReportUnknown
    if original.pk == report.pk or original.duplicate_of_id is not None:
        raise DuplicateRefused
    if report.duplicates.exists():
        raise DuplicateRefused
    marked = advance(
        report_id=report.id,
        action="mark_duplicate",
        actor=actor,
        reason=reason,
        changes={"duplicate_of": original},
    )
    duplicate_attach(report=marked, original=original)
    return marked


def report_reopen(*, report: Report, actor: User, reason: str) -> Report:
    """Take up a closed report again; raises ``ReopenTooLate`` and as ``advance``."""
    return advance(report_id=report.id, action="reopen", actor=actor, reason=reason)


@transaction.atomic
def report_recategorise(*, report: Report, actor: User, category_code: str) -> Report:
    """Change what an open report is about; its history says so, its state stays.

    The service that owns the new category takes over unless a person had chosen another; the
    deadline is counted again from the intake.  The promised points stay what they were.

    Raises ``PermissionMissing``, ``CategoryUnknown``, ``TransitionRefused``.
    """
    if not actor.has_perm("reports.recategorise_report"):
        raise PermissionMissing
    category = Category.objects.filter(pk=category_code).first()
    if category is None:
        raise CategoryUnknown
    report = _locked(report.id)
    if report.state in CLOSED:
        raise TransitionRefused(State(report.state).label)
    before = report.category
    if category == before:
        return report
    if report.assigned_to_id == before.service_id:
        report.assigned_to_id = category.service_id
    report.category = category
    report.body = competent_body(category=category, commune=report.commune)
    report.due_at = due_at(category=category, commune=report.commune, start=report.created_at)
    report.save(update_fields=["category", "assigned_to", "body", "due_at"])
    page_if_dangerous(report, now=timezone.now())
    Transition.objects.create(
        report=report,
        from_state=report.state,
        to_state=report.state,
        action="recategorise",
        reason=f"{before.label_fr} → {category.label_fr}"[:_REASON_CHARS_MAX],
        actor=actor,
    )
    announce_report(report)
    return report


@transaction.atomic
def advance(
    *,
    report_id: uuid.UUID,
    action: str,
    actor: User | None,
    reason: str = "",
    reason_code: str = "",
    changes: dict[str, object] | None = None,
) -> Report:
    """Take one step of the workflow under the report's lock.

    State, history and the job that tells the citizen and settles the reward commit together.

    Raises ``TransitionRefused``, ``ReasonMissing``, ``PermissionMissing``, ``ReopenTooLate``.
    """
    step = STEPS[action]
    if step.permission and not (actor is not None and actor.has_perm(step.permission)):
        raise PermissionMissing
    reason = reason.strip()
    _check_reason(step, reason=reason, code=reason_code)
    report = _locked(report_id)
    source = State(report.state)
    if source not in step.sources:
        raise TransitionRefused(source.label)
    if source in CLOSED:
        _check_not_too_late(report)
    for name, value in (changes or {}).items():
        setattr(report, name, value)
    now = timezone.now()
    report.state = step.target
    report.closed_at = now if step.target in CLOSED else None
    if step.target != State.DUPLICATE:
        report.duplicate_of = None
    if source == State.DUPLICATE:
        duplicate_detach(report=report)
    if source in CLOSED:  # reopened: the time runs anew
        report.due_at = due_at(category=report.category, commune=report.commune, start=now)
    report.save(update_fields=["state", "closed_at", "duplicate_of", "assigned_to", "due_at"])
    if step.target in CLOSED:
        pages_end(report, now=now)
    elif source in CLOSED:
        page_if_dangerous(report, now=now)
    if action == "validate" and report.body is not None and not report.body.is_ours:
        forward_open(report, body=report.body, actor=actor)
    Transition.objects.create(
        report=report,
        from_state=source,
        to_state=step.target,
        action=action,
        reason_code=reason_code,
        reason=reason[:_REASON_CHARS_MAX],
        actor=actor,
    )
    queue.enqueue_outcome(report_id=report.id)
    announce_report(report)
    return report


def _check_reason(step: Step, *, reason: str, code: str) -> None:
    """``other`` says nothing by itself: it needs words too."""
    if code and (step.reasons is None or code not in step.reasons.values):
        raise ReasonMissing
    if step.needs_reason and not reason and code in ("", "other"):
        raise ReasonMissing


def _check_not_too_late(report: Report) -> None:
    days = report.category.reopen_days
    if report.closed_at is not None and timezone.now() - report.closed_at > timedelta(days=days):
        raise ReopenTooLate(days)


def _locked(report_id: uuid.UUID) -> Report:
    return (
        Report.objects.select_for_update(of=("self",))
        .select_related("category", "commune", "body")
        .get(pk=report_id)
    )
