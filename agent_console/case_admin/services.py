"""Writes of settings.  Each public function is one transaction with its line in the history."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.forms import ModelForm, model_to_dict

from agent_console.case_admin.models import Change
from agent_console.case_admin.sections import SECTIONS, Section

PERMISSION = "case_admin.change_settings"


class SettingError(Exception):
    """Base of this app's errors; ``message`` is French."""

    code = "setting_error"
    message = ""


class PermissionMissing(SettingError):
    code = "permission_missing"
    message = "Votre compte ne permet pas cette action."


class ChangedMeanwhile(SettingError):
    code = "changed_meanwhile"
    message = (
        "Un collègue a changé ce réglage pendant que vous l’aviez sous les yeux : relisez-le,"
        " puis recommencez. Rien n’a été changé."
    )


class InUse(SettingError):
    code = "in_use"
    message = "D’autres réglages ou des signalements s’en servent : il reste en place."


def snapshot(row: Model) -> dict[str, Any]:
    """Every field of a row, as JSON writes it."""
    values = model_to_dict(row) | {"pk": row.pk}
    for field in row._meta.concrete_fields:  # also those that no form may write
        values.setdefault(field.attname, getattr(row, field.attname))
    result: dict[str, Any] = json.loads(json.dumps(values, cls=DjangoJSONEncoder, default=str))
    return result


def seen_tag(row: Model | None) -> str:
    """What an editor had before their eyes; empty for what is added."""
    if row is None:
        return ""
    text = json.dumps(snapshot(row), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def setting_save(
    *, section: str, form: ModelForm[Any], key: str | None, seen: str, actor: User
) -> Model:
    """Store a valid form, unless somebody changed the row since it was ``seen``.

    Row and history commit together.  Raises ``PermissionMissing``, ``ChangedMeanwhile``.
    """
    _check(actor)
    kind = SECTIONS[section]
    before = None
    if key is not None:
        before = snapshot(_locked(kind, key, seen))
    try:
        row: Model = form.save()
    except IntegrityError as error:  # somebody added the same at the same moment
        raise ChangedMeanwhile from error
    row.refresh_from_db()
    after = snapshot(row)
    if after != before:
        _record(section, row, before=before, after=after, actor=actor)
    return row


@transaction.atomic
def setting_delete(*, section: str, key: str, seen: str, actor: User) -> None:
    """Remove a row; the history keeps what it said.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``InUse``.
    """
    _check(actor)
    kind = SECTIONS[section]
    row = _locked(kind, key, seen)
    _record(section, row, before=snapshot(row), after=None, actor=actor)
    try:
        row.delete()
    except ProtectedError as error:
        raise InUse from error


def _check(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionMissing


def _locked(kind: Section, key: str, seen: str) -> Model:
    row: Model | None = (
        kind.model._default_manager.select_for_update(of=("self",)).filter(pk=key).first()
    )
    if row is None or seen_tag(row) != seen:
        raise ChangedMeanwhile
    return row


def _record(
    section: str,
    row: Model,
    *,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    actor: User,
) -> None:
    Change.objects.create(
        section=section,
        key=str(row.pk),
        label=SECTIONS[section].describe(row)[:200],
        before=before,
        after=after,
        actor=actor,
    )
