"""Writes of supervisors: a question is prepared, opened, closed, published.

Each function is one transaction with its line in the history; the consultation's row is locked,
so two colleagues' steps follow each other.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.places.models import Commune

from . import queue
from .errors import (
    ConsultationUnknown,
    HasVotes,
    NotCounted,
    NotReady,
    PermissionMissing,
    ReasonMissing,
    StepRefused,
)
from .models import REASON_CHARS_MAX, Choice, Consultation, Step
from .urn import urn_make
from .workflow import TRANSITIONS, Action, State

PERMISSION = "consultations.manage_consultations"
CHOICES_MIN, CHOICES_MAX = 2, 12


@dataclass(frozen=True)
class Draft:
    """All that a supervisor writes; ``choices`` are (French, English) in the ballot's order."""

    title_fr: str
    title_en: str
    question_fr: str
    question_en: str
    text_fr: str
    text_en: str
    starts_at: datetime
    ends_at: datetime
    choices: tuple[tuple[str, str], ...]
    communes: Sequence[Commune] = ()
    accepts_proposals: bool = False


@transaction.atomic
def consultation_create(*, draft: Draft, actor: User) -> Consultation:
    """A new draft; raises ``PermissionMissing``, ``NotReady``."""
    _check(actor)
    consultation = Consultation()
    _write(consultation, draft)
    _record(consultation, Action.CREATE, actor)
    return consultation


@transaction.atomic
def consultation_edit(*, consultation_id: uuid.UUID, draft: Draft, actor: User) -> Consultation:
    """Rewrite a draft; raises ``StepRefused`` once it is open: voters must all read the same."""
    _check(actor)
    consultation = _locked(consultation_id)
    _step(consultation, Action.EDIT)
    _write(consultation, draft)
    _record(consultation, Action.EDIT, actor)
    return consultation


@transaction.atomic
def consultation_open(*, consultation_id: uuid.UUID, actor: User) -> Consultation:
    """Show it to everybody; votes are taken from ``starts_at``.

    The urn's file is on disk before this commits.  Raises ``StepRefused``, ``NotReady``.
    """
    _check(actor)
    consultation = _locked(consultation_id)
    _step(consultation, Action.OPEN)
    if consultation.ends_at <= timezone.now():
        raise NotReady
    consultation.urn_fingerprint = urn_make(consultation_id=consultation_id).fingerprint
    consultation.save()
    _record(consultation, Action.OPEN, actor)
    return consultation


@transaction.atomic
def consultation_take_back(*, consultation_id: uuid.UUID, actor: User) -> Consultation:
    """Back to a draft, to mend it; raises ``HasVotes`` as soon as one person has voted."""
    _check(actor)
    consultation = _locked(consultation_id)
    _step(consultation, Action.TAKE_BACK)
    if consultation.roll.exists():
        raise HasVotes
    consultation.save()
    _record(consultation, Action.TAKE_BACK, actor)
    return consultation


@transaction.atomic
def consultation_close(*, consultation_id: uuid.UUID, reason: str, actor: User) -> Consultation:
    """Take no votes any more, before the announced end: the reason is published.

    The count's job commits with it.  Raises ``StepRefused``, ``ReasonMissing``.
    """
    _check(actor)
    said = reason.strip()[:REASON_CHARS_MAX]
    if not said:
        raise ReasonMissing
    return _close(_locked(consultation_id), reason=said, actor=actor)


def consultations_close_due(*, now: datetime) -> int:
    """Close what has reached its end, each in a transaction of its own; how many."""
    due = Consultation.objects.filter(state=State.OPEN, ends_at__lte=now)
    closed = 0
    for consultation_id in list(due.values_list("pk", flat=True)):
        with transaction.atomic():
            consultation = _locked(consultation_id)
            if consultation.state == State.OPEN and consultation.ends_at <= now:
                _close(consultation, reason="", actor=None)
                closed += 1
    return closed


@transaction.atomic
def consultation_publish(*, consultation_id: uuid.UUID, actor: User) -> Consultation:
    """Show the results to everybody; raises ``StepRefused``, ``NotCounted``."""
    _check(actor)
    consultation = _locked(consultation_id)
    _step(consultation, Action.PUBLISH)
    if consultation.counted_at is None:
        raise NotCounted
    consultation.save()
    _record(consultation, Action.PUBLISH, actor)
    return consultation


def _close(consultation: Consultation, *, reason: str, actor: User | None) -> Consultation:
    _step(consultation, Action.CLOSE)
    consultation.save()
    _record(consultation, Action.CLOSE, actor, reason=reason)
    queue.enqueue_count(consultation_id=consultation.pk)
    return consultation


def _check(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionMissing


def _locked(consultation_id: uuid.UUID) -> Consultation:
    found = Consultation.objects.select_for_update().filter(pk=consultation_id).first()
    if found is None:
        raise ConsultationUnknown
    return found


def _step(consultation: Consultation, action: Action) -> None:
    """Move ``consultation`` along the table, unsaved; raises ``StepRefused``."""
    after = TRANSITIONS.get((State(consultation.state), action))
    if after is None:
        raise StepRefused
    consultation.state = after


def _write(consultation: Consultation, draft: Draft) -> None:
    if not CHOICES_MIN <= len(draft.choices) <= CHOICES_MAX or draft.ends_at <= draft.starts_at:
        raise NotReady
    for name in ("title", "question", "text"):
        for locale in ("fr", "en"):
            setattr(consultation, f"{name}_{locale}", getattr(draft, f"{name}_{locale}"))
    consultation.starts_at = draft.starts_at
    consultation.ends_at = draft.ends_at
    consultation.accepts_proposals = draft.accepts_proposals
    consultation.save()
    consultation.communes.set(draft.communes)
    consultation.choices.all().delete()
    Choice.objects.bulk_create(
        Choice(consultation=consultation, position=place, label_fr=french, label_en=english)
        for place, (french, english) in enumerate(draft.choices, start=1)
    )


def _record(
    consultation: Consultation, action: Action, actor: User | None, *, reason: str = ""
) -> None:
    Step.objects.create(consultation=consultation, action=action, actor=actor, reason=reason)
