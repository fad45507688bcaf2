"""Writes of settings.  Each public function is one transaction with its line in the history."""

from __future__ import annotations

import hashlib
import json
from copy import copy
from typing import Any

from django.contrib.auth.models import User
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError
from django.forms import ModelForm, model_to_dict

from agent_console.case_admin.models import Change
from agent_console.case_admin.sections import SECTIONS, Section


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


class NoLongerPossible(SettingError):
    code = "no_longer_possible"
    message = "Ce réglage d’autrefois n’est plus possible tel quel : rien n’a été changé."


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
    kind = _kind(section, actor)
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


def setting_revert(*, section: str, key: str, change_id: int, seen: str, actor: User) -> Model:
    """Bring a row back to what it was before a change, or bring a deleted one back.

    The history gets a line more; what was deleted comes back under another number.

    The old values pass the form of today: what is no longer allowed is refused.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``NoLongerPossible``.
    """
    kind = _kind(section, actor)
    change = Change.objects.filter(pk=change_id, section=section, key=key).first()
    row = kind.find(key)
    if change is None or change.before is None:
        raise NoLongerPossible
    is_back = row is None and change.after is None and kind.may_add  # it was deleted
    if row is None and not is_back:
        raise NoLongerPossible
    was = kind.model() if row is None else copy(row)
    for field in was._meta.concrete_fields:
        if field.attname in change.before and not field.primary_key:
            setattr(was, field.attname, field.to_python(change.before[field.attname]))
    before = kind.form(instance=was)
    form = kind.form({name: before[name].value() for name in before.fields}, instance=row)
    if not form.is_valid():
        raise NoLongerPossible
    key_now = None if is_back else key
    return setting_save(section=section, form=form, key=key_now, seen=seen, actor=actor)


@transaction.atomic
def setting_delete(*, section: str, key: str, seen: str, actor: User) -> None:
    """Remove a row; the history keeps what it said.

    Raises ``PermissionMissing``, ``ChangedMeanwhile``, ``InUse``.
    """
    kind = _kind(section, actor)
    row = _locked(kind, key, seen)
    _record(section, row, before=snapshot(row), after=None, actor=actor)
    try:
        row.delete()
    except ProtectedError as error:
        raise InUse from error


def _kind(section: str, actor: User) -> Section:
    kind = SECTIONS[section]
    if not actor.has_perm(kind.permission):
        raise PermissionMissing
    return kind


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
