"""Importing facilities.  Each public function is one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from ..errors import (
    FileInvalid,
    ImportDecided,
    ImportUnknown,
    PermissionMissing,
    PlanChanged,
    TooManyRetired,
)
from ..models import SOURCE_CHARS_MAX, Facility, FacilityImport, ImportState
from .checking import CheckedRow, rows_checked
from .planning import FIELDS, Plan, plan_make, row_fields
from .reading import rows_read

IMPORT = "facilities.import_facilities"
DEFAULT_SOURCE = "metropole"
STEPS: Mapping[ImportState, frozenset[ImportState]] = {
    ImportState.PREVIEWED: frozenset({ImportState.APPLIED, ImportState.ABANDONED}),
    ImportState.APPLIED: frozenset(),
    ImportState.ABANDONED: frozenset(),
}
_BATCH = 500
_FILE_NAME_CHARS_MAX = 120
# One import at a time: two files of one source at once would each retire the other's rows.
_LOCK = 0x666163696C697479  # "facility"

type Progress = Callable[[Sequence[Sequence[object]]], Iterable[Sequence[object]]]


@transaction.atomic
def import_preview(
    *, content: bytes, file_name: str, source: str, kind: str, is_full: bool, actor: User
) -> FacilityImport:
    """Check a file and say what it would change; nothing of the facilities is touched.

    ONE transaction holds the preview and gives up the same person's earlier one for the source: a
    crash leaves either the old preview or the new one.

    Raises ``PermissionMissing``, ``FileInvalid``.
    """
    _allowed(actor)
    plan = _planned(content, source=source, kind=kind, is_full=is_full)
    FacilityImport.objects.filter(source=source, actor=actor, state=ImportState.PREVIEWED).update(
        state=ImportState.ABANDONED, decided_at=timezone.now(), content=None
    )
    return _recorded(
        plan,
        content=content,
        file_name=file_name,
        source=source,
        kind=kind,
        is_full=is_full,
        actor=actor,
        state=ImportState.PREVIEWED,
    )


def import_plan(*, preview: FacilityImport) -> Plan:
    """What a preview that waits would change now; raises ``ImportDecided``."""
    if preview.state != ImportState.PREVIEWED or preview.content is None:
        raise ImportDecided
    return _planned(
        bytes(preview.content), source=preview.source, kind=preview.kind, is_full=preview.is_full
    )


@transaction.atomic
def import_confirm(
    *, import_id: UUID, actor: User, accept_retirements: bool = False
) -> FacilityImport:
    """Do what a preview showed, or nothing.

    ONE transaction holds every facility and the import's new state: after a crash the preview
    still waits and can be confirmed.  Pressing twice imports once (the row is locked and its state
    checked); what changed since the preview is noticed and refused.

    Raises ``PermissionMissing``, ``ImportUnknown``, ``ImportDecided``, ``PlanChanged``,
    ``TooManyRetired``.
    """
    _allowed(actor)
    preview = _locked(import_id, ImportState.APPLIED)
    _one_at_a_time()
    plan = import_plan(preview=preview)
    if plan.digest() != bytes(preview.plan_sha256):
        raise PlanChanged
    if plan.retires_most and not accept_retirements:
        raise TooManyRetired
    _applied(plan, source=preview.source, progress=lambda batches: batches)
    return _decided(preview, ImportState.APPLIED)


@transaction.atomic
def import_abandon(*, import_id: UUID, actor: User) -> FacilityImport:
    """Give a preview up and forget its file; one row changes, so a crash changes nothing.

    Raises ``PermissionMissing``, ``ImportUnknown``, ``ImportDecided``.
    """
    _allowed(actor)
    return _decided(_locked(import_id, ImportState.ABANDONED), ImportState.ABANDONED)


@transaction.atomic
def import_run(
    *,
    content: bytes,
    file_name: str,
    source: str = DEFAULT_SOURCE,
    kind: str = "",
    is_full: bool = True,
    is_dry: bool = False,
    accept_retirements: bool = False,
    progress: Progress = lambda batches: batches,
) -> Plan:
    """Import a file at once (the command's way); returns what was done (``is_dry``: would be).

    ONE transaction holds every facility and the import's row: a crash leaves the facilities as
    they were, and the command is run again.

    Raises ``FileInvalid``, ``TooManyRetired``.
    """
    _one_at_a_time()
    plan = _planned(content, source=source, kind=kind, is_full=is_full)
    if is_dry:
        return plan
    if plan.retires_most and not accept_retirements:
        raise TooManyRetired
    _applied(plan, source=source, progress=progress)
    _recorded(
        plan,
        content=content,
        file_name=file_name,
        source=source,
        kind=kind,
        is_full=is_full,
        actor=None,
        state=ImportState.APPLIED,
    )
    return plan


def _allowed(actor: User) -> None:
    if not actor.has_perm(IMPORT):
        raise PermissionMissing


def _planned(content: bytes, *, source: str, kind: str, is_full: bool) -> Plan:
    if not source or len(source) > SOURCE_CHARS_MAX:
        raise FileInvalid(f"La source doit avoir de 1 à {SOURCE_CHARS_MAX} caractères.")
    rows = rows_checked(rows_read(content), kind=kind)
    return plan_make(rows, source=source, kind=kind, is_full=is_full)


def _locked(import_id: UUID, wanted: ImportState) -> FacilityImport:
    preview = FacilityImport.objects.select_for_update().filter(pk=import_id).first()
    if preview is None:
        raise ImportUnknown
    if wanted not in STEPS[ImportState(preview.state)]:
        raise ImportDecided
    return preview


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _applied(plan: Plan, *, source: str, progress: Progress) -> None:
    now = timezone.now()
    changed = []
    for change in plan.changed:
        for name, value in row_fields(change.row).items():
            setattr(change.facility, name, value)
        change.facility.retired_at = None
        change.facility.updated_at = now
        changed.append(change.facility)
    batches: list[tuple[object, ...]] = [
        *batched(plan.new, _BATCH),
        *batched(changed, _BATCH),
    ]
    for batch in progress(batches):
        new = [_made(row, source) for row in batch if isinstance(row, CheckedRow)]
        known = [row for row in batch if isinstance(row, Facility)]
        Facility.objects.bulk_create(new)
        Facility.objects.bulk_update(known, [*FIELDS, "retired_at", "updated_at"])
    Facility.objects.filter(pk__in=[row.pk for row in plan.retired]).update(
        retired_at=now, updated_at=now
    )


def _made(row: CheckedRow, source: str) -> Facility:
    return Facility(source=source, **row_fields(row))


def _recorded(
    plan: Plan,
    *,
    content: bytes,
    file_name: str,
    source: str,
    kind: str,
    is_full: bool,
    actor: User | None,
    state: ImportState,
) -> FacilityImport:
    is_waiting = state is ImportState.PREVIEWED
    return FacilityImport.objects.create(
        source=source,
        kind=kind,
        is_full=is_full,
        file_name=file_name[-_FILE_NAME_CHARS_MAX:],
        sha256=hashlib.sha256(content).digest(),
        content=content if is_waiting else None,
        plan_sha256=plan.digest(),
        state=state,
        new_count=len(plan.new),
        changed_count=len(plan.changed),
        unchanged_count=len(plan.unchanged),
        retired_count=len(plan.retired),
        actor=actor,
        decided_at=None if is_waiting else timezone.now(),
    )


def _decided(preview: FacilityImport, state: ImportState) -> FacilityImport:
    preview.state = state
    preview.decided_at = timezone.now()
    preview.content = None
    preview.save(update_fields=["state", "decided_at", "content"])
    return preview
