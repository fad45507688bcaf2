"""Writes about reports.  Each public function is one transaction."""

import hashlib
import json
import uuid
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.announce import announce_console
from agent_console.references import new_reference

from . import queue
from .errors import (
    CategoryUnknown,
    DuplicateRefused,
    IntakeConflict,
    PermissionMissing,
    ReasonMissing,
    ReopenTooLate,
    ReportUnknown,
    ServiceUnknown,
    TransitionRefused,
)
from .intake import Intake, answers_clean, place_resolve
from .models import Category, PhotoKind, Report, ReportReward, Service, Transition
from .photos import photos_attach
from .taxonomy import taxonomy_load as taxonomy_load
from .workflow import CLOSED, STEPS, State, Step

_REFERENCE_TRIES = 8
_REASON_CHARS_MAX = 300


@transaction.atomic
def report_create(*, intake_key: str, intake: Intake) -> Report:
    """Take in a report; the same ``intake_key`` with the same content returns the first one.

    ONE transaction holds the report, its photos, its first transition, its promised reward and the
    jobs that hide who it names and open the reward in the wallet.  The key is locked, so a request
    that is sent twice at once is taken in once.  Nobody known, nothing earned: without a resident
    there is no reward.

    Raises ``CategoryUnknown``, ``CommuneUnknown``, ``PlaceMissing``, ``CoordinatesInvalid``,
    ``OutsideTerritory``, ``AnswerInvalid``, ``ChannelMissing``, ``IntakeConflict``,
    ``PhotosTooMany``, ``PhotosRefused``.
    """
    digest = _digest(intake)
    _lock_key(intake_key)
    known = Report.objects.filter(intake_key=intake_key).first()
    if known is not None:
        if bytes(known.intake_sha256) != digest:
            raise IntakeConflict(known.reference_display)
        return known
    channel = intake.source
    category = Category.objects.filter(pk=intake.category_code).first()
    if category is None:
        raise CategoryUnknown
    commune = place_resolve(intake)
    resident = intake.resident
    if intake.conversation is not None:
        resident = resident_of_contact(contact_point_id=intake.conversation.contact_point_id)
    report = _insert(
        category=category,
        assigned_to_id=category.service_id,
        commune=commune,
        address=intake.address,
        place=intake.place,
        postcode=intake.postcode,
        latitude=intake.latitude,
        longitude=intake.longitude,
        description=intake.description,
        answers=answers_clean(category, intake.answers),
        channel=channel,
        on_behalf=intake.on_behalf,
        conversation=intake.conversation,
        resident=resident,
        created_by=intake.created_by,
        intake_key=intake_key,
        intake_sha256=digest,
    )
    Transition.objects.create(
        report=report, from_state="", to_state=State.RECEIVED, actor=intake.created_by
    )
    photos_attach(report=report, kind=PhotoKind.CITIZEN, photo_ids=intake.photos)
    queue.enqueue_screening(report_id=report.id)
    if category.reward_rule and resident is not None:
        ReportReward.objects.create(report=report, points=category.reward_points)
        queue.enqueue_reward(report_id=report.id)
    _announce(report)
    return report


def report_validate(*, report: Report, actor: User) -> Report:
    """Confirm that the report is real: its reward is due; see ``_advance`` for errors."""
    return _advance(report_id=report.id, action="validate", actor=actor)


def report_reject(
    *, report: Report, actor: User, reason: str = "", reason_code: str = ""
) -> Report:
    """Turn a received report down with a reason that the citizen reads; see ``_advance``."""
    return _advance(
        report_id=report.id,
        action="reject",
        actor=actor,
        reason=reason,
        reason_code=reason_code,
    )


def report_decline(
    *, report: Report, actor: User, reason: str = "", reason_code: str = ""
) -> Report:
    """Turn down a report that was validated already; see ``_advance`` for errors."""
    return _advance(
        report_id=report.id,
        action="decline",
        actor=actor,
        reason=reason,
        reason_code=reason_code,
    )


@transaction.atomic
def report_assign(*, report: Report, actor: User, service_code: str, reason: str = "") -> Report:
    """Hand a validated report to a service; raises ``ServiceUnknown`` and as ``_advance``."""
    service = Service.objects.filter(pk=service_code).first()
    if service is None:
        raise ServiceUnknown
    return _advance(
        report_id=report.id,
        action="assign",
        actor=actor,
        reason=reason,
        changes={"assigned_to": service},
    )


def report_start(*, report: Report, actor: User) -> Report:
    """A crew begins; see ``_advance`` for errors."""
    return _advance(report_id=report.id, action="start", actor=actor)


def report_resolve(*, report: Report, actor: User, reason: str = "") -> Report:
    """The problem is gone; the citizen is asked whether it is.  See ``_advance`` for errors."""
    return _advance(report_id=report.id, action="resolve", actor=actor, reason=reason)


def report_wrong_service(*, report: Report, actor: User, reason: str) -> Report:
    """Give a report back: another service must be found; see ``_advance`` for errors."""
    return _advance(report_id=report.id, action="wrong_service", actor=actor, reason=reason)


@transaction.atomic
def report_mark_duplicate(
    *, report: Report, actor: User, original_id: uuid.UUID, reason: str = ""
) -> Report:
    """Attach a report to the one that tells of the same problem.

    Raises ``ReportUnknown``, ``DuplicateRefused`` and as ``_advance``.  Both rows are locked, in
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
    return _advance(
        report_id=report.id,
        action="mark_duplicate",
        actor=actor,
        reason=reason,
        changes={"duplicate_of": original},
    )


def report_reopen(*, report: Report, actor: User, reason: str) -> Report:
    """Take up a closed report again; raises ``ReopenTooLate`` and as ``_advance``."""
    return _advance(report_id=report.id, action="reopen", actor=actor, reason=reason)


@transaction.atomic
def report_recategorise(*, report: Report, actor: User, category_code: str) -> Report:
    """Change what an open report is about; its history says so, its state stays.

    The service that owns the new category takes over unless a person had chosen another.  The
    promised points stay what they were.

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
    report.save(update_fields=["category", "assigned_to"])
    Transition.objects.create(
        report=report,
        from_state=report.state,
        to_state=report.state,
        action="recategorise",
        reason=f"{before.label_fr} → {category.label_fr}"[:_REASON_CHARS_MAX],
        actor=actor,
    )
    _announce(report)
    return report


@transaction.atomic
def _advance(
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
    report.state = step.target
    report.closed_at = timezone.now() if step.target in CLOSED else None
    if step.target != State.DUPLICATE:
        report.duplicate_of = None
    report.save(update_fields=["state", "closed_at", "duplicate_of", "assigned_to"])
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
    _announce(report)
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
        .select_related("category", "commune")
        .get(pk=report_id)
    )


def _insert(**values: object) -> Report:
    for attempt in range(_REFERENCE_TRIES):
        try:
            with transaction.atomic():  # a savepoint: a reference that exists must not end it all
                return Report.objects.create(reference=new_reference(), **values)
        except IntegrityError:
            if attempt == _REFERENCE_TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _announce(report: Report) -> None:
    announce_console(topics=["reports", f"report:{report.reference}"])


def _lock_key(intake_key: str) -> None:
    """Until the transaction ends: whoever brings the same key waits here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [intake_key])


def _digest(intake: Intake) -> bytes:
    """What must be the same under the same key.

    What came with later versions is added only where it is given: a draft that was sent before an
    upgrade and is sent again after it is still the same.
    """
    conversation = str(intake.conversation.id) if intake.conversation else ""
    parts: list[object] = [
        conversation,
        intake.category_code,
        intake.address,
        intake.commune,
        intake.place,
        intake.description,
    ]
    later = {
        "channel": "" if intake.conversation else intake.channel,
        "postcode": intake.postcode,
        "latitude": intake.latitude,
        "longitude": intake.longitude,
        "answers": dict(sorted(intake.answers.items())),
        "on_behalf": "" if intake.on_behalf == "self" else intake.on_behalf,
        "photos": [str(photo) for photo in intake.photos] or "",
    }
    given = {name: value for name, value in later.items() if value not in ("", None, {})}
    if given:
        parts.append(given)
    return hashlib.sha256(json.dumps(parts).encode()).digest()
