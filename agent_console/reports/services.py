"""Writes about reports: intake here, all others by name.  Each is one transaction."""

import hashlib
import json

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from agent_console.citizens.services import resident_of_contact
from agent_console.references import new_reference

from . import queue
from .announcing import announce_report
from .competence import competent_body
from .deadlines import due_at
from .errors import CategoryUnknown, IntakeConflict
from .feedback import receipt_feedback as receipt_feedback
from .feedback import report_feedback as report_feedback
from .forwarding import forward_done as forward_done
from .forwarding import report_forward as report_forward
from .intake import Intake, answers_clean, place_resolve
from .locating import is_located
from .models import Category, PhotoKind, Report, ReportReward, Transition
from .oncall import page_acknowledge as page_acknowledge
from .oncall import page_if_dangerous
from .photos import photos_attach
from .steps import report_assign as report_assign
from .steps import report_decline as report_decline
from .steps import report_mark_duplicate as report_mark_duplicate
from .steps import report_recategorise as report_recategorise
from .steps import report_reject as report_reject
from .steps import report_reopen as report_reopen
from .steps import report_resolve as report_resolve
from .steps import report_resume as report_resume
from .steps import report_start as report_start
from .steps import report_validate as report_validate
from .steps import report_wrong_service as report_wrong_service
from .taxonomy import taxonomy_load as taxonomy_load
from .workflow import State

_REFERENCE_TRIES = 8


@transaction.atomic
def report_create(*, intake_key: str, intake: Intake) -> Report:
    """Take in a report; the same ``intake_key`` with the same content returns the first one.

    ONE transaction holds the report, its photos, its first transition, its promised reward, the
    jobs that hide who it names, find its position and open the reward in the wallet, and the page
    to people on call when it is a danger.  The key is locked, so a request that is sent twice at
    once is taken in once.  Nobody known, nothing earned: without a resident there is no reward.

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
    now = timezone.now()
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
        body=competent_body(category=category, commune=commune),
        due_at=due_at(category=category, commune=commune, start=now),
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
    if not is_located(report):
        queue.enqueue_locating(report_id=report.id)
    if category.reward_rule and resident is not None:
        ReportReward.objects.create(report=report, points=category.reward_points)
        queue.enqueue_reward(report_id=report.id)
    page_if_dangerous(report, now=now)
    announce_report(report)
    return report


def _insert(**values: object) -> Report:
    for attempt in range(_REFERENCE_TRIES):
        try:
            with transaction.atomic():  # a savepoint: a reference that exists must not end it all
                return Report.objects.create(reference=new_reference(), **values)
        except IntegrityError:
            if attempt == _REFERENCE_TRIES - 1:
                raise
    raise AssertionError("unreachable")


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
