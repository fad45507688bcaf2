"""Writes about reports.  Each public function is one transaction."""

import hashlib
import json
import uuid
from pathlib import Path

import yaml
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from agent_console.citizens.services import resident_of_contact
from agent_console.conversations.announce import announce_console
from agent_console.conversations.models import Conversation
from agent_console.places.selectors import commune_find
from agent_console.references import new_reference

from . import queue
from .errors import (
    CategoryUnknown,
    CommuneUnknown,
    IntakeConflict,
    PermissionMissing,
    PlaceMissing,
    ReasonMissing,
    TransitionRefused,
)
from .models import Category, Report, ReportReward, Service, Transition
from .workflow import STEPS, State

_TAXONOMY = Path(__file__).parent / "data" / "taxonomy.yaml"
_REFERENCE_TRIES = 8


@transaction.atomic
def report_create(
    *,
    intake_key: str,
    conversation: Conversation,
    category_code: str,
    address: str,
    commune: str,
    place: str,
    description: str,
) -> Report:
    """Take in a report; the same ``intake_key`` with the same content returns the first one.

    ONE transaction holds the report, its first transition, its promised reward and the job that
    opens it in the wallet.  The conversation's row is locked, so a request that is sent twice at
    once is taken in once.

    Raises ``CategoryUnknown``, ``CommuneUnknown``, ``PlaceMissing``, ``IntakeConflict``.
    """
    digest = _digest(str(conversation.id), category_code, address, commune, place, description)
    Conversation.objects.select_for_update().get(pk=conversation.pk)
    known = Report.objects.filter(intake_key=intake_key).first()
    if known is not None:
        if bytes(known.intake_sha256) != digest:
            raise IntakeConflict(known.reference_display)
        return known
    category = Category.objects.filter(pk=category_code).first()
    if category is None:
        raise CategoryUnknown
    if not (address or place):
        raise PlaceMissing
    found = commune_find(commune) or commune_find(f"{address} {place}")
    if found is None:
        raise CommuneUnknown
    resident = resident_of_contact(contact_point_id=conversation.contact_point_id)
    report = _insert(
        category=category,
        commune=found,
        address=address,
        place=place,
        description=description,
        channel=conversation.channel,
        conversation=conversation,
        resident=resident,
        intake_key=intake_key,
        intake_sha256=digest,
    )
    Transition.objects.create(report=report, from_state="", to_state=State.RECEIVED)
    if category.reward_rule:
        ReportReward.objects.create(report=report, points=category.reward_points)
        queue.enqueue_reward(report_id=report.id)
    _announce(report)
    return report


def report_validate(*, report: Report, actor: User) -> Report:
    """Confirm that the report is real: its reward is due; see ``_advance`` for errors."""
    return _advance(report_id=report.id, action="validate", actor=actor, reason="")


def report_reject(*, report: Report, actor: User, reason: str) -> Report:
    """Turn the report down with a reason that the citizen reads; see ``_advance`` for errors."""
    return _advance(report_id=report.id, action="reject", actor=actor, reason=reason.strip())


@transaction.atomic
def _advance(*, report_id: uuid.UUID, action: str, actor: User, reason: str) -> Report:
    """Take one step of the workflow under the report's lock.

    State, history and the job that tells the citizen and settles the reward commit together.

    Raises ``TransitionRefused``, ``ReasonMissing``, ``PermissionMissing``.
    """
    step = STEPS[action]
    if not actor.has_perm(step.permission):
        raise PermissionMissing
    if step.needs_reason and not reason:
        raise ReasonMissing
    report = Report.objects.select_for_update().get(pk=report_id)
    if report.state != step.source:
        raise TransitionRefused(State(report.state).label)
    report.state = step.target
    report.save(update_fields=["state"])
    Transition.objects.create(
        report=report,
        from_state=step.source,
        to_state=step.target,
        reason=reason[:300],
        actor=actor,
    )
    queue.enqueue_outcome(report_id=report.id)
    _announce(report)
    return report


@transaction.atomic
def taxonomy_load() -> int:
    """Insert the services and categories that are missing; returns how many the file has.

    What is there is left alone: a supervisor's change outlives every start.
    """
    data = yaml.safe_load(_TAXONOMY.read_text(encoding="utf-8"))
    for code, label in data["services"].items():
        Service.objects.get_or_create(code=code, defaults={"label": label})
    for row in data["report_categories"]:
        Category.objects.get_or_create(
            code=row["code"],
            defaults={
                "service_id": row["group"],
                "label_fr": row["label_fr"],
                "label_en": row["label_en"],
                "clock": row["clock"],
                "target_hours": row["target_hours"],
                "reward_points": row["reward"],
            },
        )
    return len(data["report_categories"])


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


def _digest(*parts: str) -> bytes:
    return hashlib.sha256(json.dumps(parts).encode()).digest()
