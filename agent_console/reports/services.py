"""Taking reports in: one transaction."""

import hashlib
import json

from django.db import IntegrityError, transaction
from django.utils import timezone

from agent_console.citizens.models import Resident
from agent_console.citizens.services import resident_of_contact
from agent_console.references import new_reference
from service_kit.locks import lock_for_transaction

from . import queue
from .announcing import announce_report
from .competence import competent_body
from .deadlines import due_at
from .errors import CategoryUnknown, IntakeConflict
from .intake import Intake, answers_clean, place_resolve
from .locating import is_located
from .models import Category, OnBehalf, PhotoKind, Report, ReportReward, Transition
from .models.photo import CITIZEN_PHOTOS_MAX
from .oncall import page_if_dangerous
from .outages import outage_attach_new
from .photos import photos_attach
from .received_photos import photos_received
from .workflow import State

_REFERENCE_TRIES = 8


@transaction.atomic
def report_create(*, intake_key: str, intake: Intake) -> Report:
    """Take in a report; the same ``intake_key`` with the same content returns the first one.

    ONE transaction holds the report, its photos, its first transition, its promised reward, the
    jobs that hide who it names, find its position and open the reward in the wallet, the page to
    people on call when it is a danger, and its part in an outage that covers it.  The key is
    locked, so a request that is sent twice at once is taken in once.  Nobody known, nothing earned:
    without a resident there is no reward.

    Raises ``CategoryUnknown``, ``CommuneUnknown``, ``PlaceMissing``, ``CoordinatesInvalid``,
    ``OutsideTerritory``, ``AnswerInvalid``, ``ChannelMissing``, ``IntakeConflict``,
    ``PhotosTooMany``, ``PhotosRefused``.
    """
    digest = _digest(intake)
    lock_for_transaction(intake_key)  # whoever brings the same key waits here
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
    if intake.on_behalf != OnBehalf.SELF:
        # Whoever speaks helps somebody else: the points are that person's, known by this report
        # until an operator merges them with whom they turn out to be.
        if intake.conversation is not None and resident is None:
            resident = Resident.objects.create()
    elif intake.conversation is not None:
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
    received = photos_received(
        conversation=intake.conversation, limit=CITIZEN_PHOTOS_MAX - len(intake.photos)
    )
    photos_attach(report=report, kind=PhotoKind.CITIZEN, photo_ids=(*intake.photos, *received))
    queue.enqueue_screening(report_id=report.id)
    if not is_located(report):
        queue.enqueue_locating(report_id=report.id)
    if category.reward_rule and resident is not None:
        ReportReward.objects.create(report=report, points=category.reward_points)
        queue.enqueue_reward(report_id=report.id)
    page_if_dangerous(report, now=now)
    outage_attach_new(report=report)
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
