"""What a crew does in the field: a step, or a photo; each under a key of its own."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from agent_console.photos.models import Uploader
from agent_console.photos.services import photo_store
from agent_console.reports import steps
from agent_console.reports.errors import PermissionMissing
from agent_console.reports.models import PhotoKind, Report
from agent_console.reports.photos import photos_attach
from service_kit.locks import lock_for_transaction

from .access import WORK
from .errors import KeyConflict, NotOfYourService, PhotoMissing
from .models import CrewAction

PHOTO_KINDS = {"photo_before": PhotoKind.BEFORE, "photo_after": PhotoKind.AFTER}
STEPS = ("start", "resume", "resolve", "wrong_service")


@dataclass(frozen=True, kw_only=True)
class Act:
    """What was sent: ``words`` and ``reason_code`` with a step, ``photo`` (its bytes) else."""

    key: uuid.UUID
    action: str
    reason_code: str = ""
    words: str = ""
    photo: bytes = b""


def crew_act(*, report_id: uuid.UUID, act: Act, actor: User) -> CrewAction:
    """Do what a crew sent, once per key; the same again returns the first.

    A photo is stored first: until the case claims it, it belongs to nobody and is removed after a
    day.  Then ONE transaction holds the step or the claim, and the key: after a crash in between
    the phone sends again and nothing was done.  Whatever is refused leaves no trace.

    Raises ``KeyConflict``, ``NotOfYourService``, ``PhotoMissing``, and what the reports
    (``ReportError``) and the photos (``PhotoError``) refuse.
    """
    if not actor.has_perm(WORK):
        raise PermissionMissing
    digest = _digest(report_id, act, actor)
    known = _known(act.key, digest)
    if known is not None:
        return known
    photo_id: uuid.UUID | None = None
    if act.action in PHOTO_KINDS:
        if not act.photo:
            raise PhotoMissing
        photo_id = photo_store(content=act.photo, uploader=Uploader.STAFF).photo.id
    return _done(report_id=report_id, act=act, actor=actor, digest=digest, photo_id=photo_id)


@transaction.atomic
def _done(
    *,
    report_id: uuid.UUID,
    act: Act,
    actor: User,
    digest: bytes,
    photo_id: uuid.UUID | None,
) -> CrewAction:
    lock_for_transaction(str(act.key))  # whoever brings the same key waits here
    known = _known(act.key, digest)
    if known is not None:
        return known
    # Locked before its service is read: an operator may be giving it to another one.
    report = Report.objects.select_for_update(of=("self",)).filter(pk=report_id).first()
    if report is None or not report.assigned_to.crew.filter(user=actor).exists():
        raise NotOfYourService
    if photo_id is not None:
        photos_attach(report=report, kind=PHOTO_KINDS[act.action], photo_ids=[photo_id])
    else:
        _step(report, act, actor)
    return CrewAction.objects.create(
        key=act.key, report=report, actor=actor, action=act.action, content_sha256=digest
    )


def _step(report: Report, act: Act, actor: User) -> None:
    match act.action:
        case "start":
            steps.report_start(report=report, actor=actor)
        case "resume":
            steps.report_resume(report=report, actor=actor)
        case "resolve":
            steps.report_resolve(
                report=report, actor=actor, reason=act.words, reason_code=act.reason_code
            )
        case "wrong_service":
            steps.report_wrong_service(report=report, actor=actor, reason=act.words)
        case _:
            raise ValueError(f"no action of a crew: {act.action}")


def _known(key: uuid.UUID, digest: bytes) -> CrewAction | None:
    known = CrewAction.objects.filter(pk=key).first()
    if known is not None and bytes(known.content_sha256) != digest:
        raise KeyConflict
    return known


def _digest(report_id: uuid.UUID, act: Act, actor: User) -> bytes:
    photo = hashlib.sha256(act.photo).hexdigest() if act.photo else ""
    parts = [str(report_id), actor.pk, act.action, act.reason_code, act.words, photo]
    return hashlib.sha256(json.dumps(parts).encode()).digest()
