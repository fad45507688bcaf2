"""`/console/settings/`: supervisors change what the service goes by; each kind has its right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.case_admin import services
from agent_console.case_admin.models import Change
from agent_console.case_admin.sections import SECTIONS, Section, sections_of
from agent_console.intake import access

_UNPROCESSABLE = 422
_HISTORY_SHOWN = 50
_ANY = tuple(dict.fromkeys(kind.permission for kind in SECTIONS.values()))


@require_safe
@access.needs(*_ANY)
def home(request: HttpRequest) -> HttpResponse:
    """What can be set, and the last changes."""
    mine = sections_of(cast(User, request.user).has_perm)
    context = {"sections": mine.items(), "changes": _changes(mine)}
    return render(request, "case_admin/home.html", _common(context))


@require_safe
@access.needs(*_ANY)
def section_list(request: HttpRequest, section: str) -> HttpResponse:
    """The rows of one kind of rule and their history; a single row opens at once."""
    kind = _section(request, section)
    if kind.is_single:
        return redirect("case_admin:edit", section=section, key="1")
    rows = [(str(row.pk), kind.describe(row)) for row in kind.rows()]
    context = {"slug": section, "kind": kind, "rows": rows, "changes": _changes([section])}
    return render(request, "case_admin/section.html", _common(context))


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(*_ANY)
def edit(request: HttpRequest, section: str, key: str | None = None) -> HttpResponse:
    """Change a row, or add one when no ``key`` is given."""
    kind = _section(request, section)
    row = kind.find(key) if key is not None else None
    if (key is not None and row is None) or (key is None and not kind.may_add):
        raise Http404
    seen = services.seen_tag(row)
    form = kind.form(request.POST or None, instance=row)
    refusal = ""
    if request.method == "POST" and form.is_valid():
        try:
            services.setting_save(
                section=section,
                form=form,
                key=key,
                seen=request.POST.get("seen", ""),
                actor=cast(User, request.user),
            )
        except services.SettingError as error:
            refusal = error.message
        else:
            messages.success(request, "C’est enregistré. Cela vaut pour la suite.")
            return redirect("case_admin:section", section=section)
    context = {
        "slug": section,
        "kind": kind,
        "form": form,
        "key": key,
        "seen": seen,
        "refusal": refusal,
        "changes": _changes([section], key) if key is not None else [],
    }
    is_refused = bool(form.errors or refusal)
    status = _UNPROCESSABLE if is_refused else 200
    return render(request, "case_admin/edit.html", _common(context), status=status)


@require_POST
@access.needs(*_ANY)
def delete(request: HttpRequest, section: str, key: str) -> HttpResponse:
    """Remove a row."""
    kind = _section(request, section)
    if not kind.may_delete or kind.find(key) is None:
        raise Http404
    try:
        services.setting_delete(
            section=section,
            key=key,
            seen=request.POST.get("seen", ""),
            actor=cast(User, request.user),
        )
    except services.SettingError as error:
        messages.error(request, error.message)
        return redirect("case_admin:edit", section=section, key=key)
    messages.success(request, "C’est supprimé. L’historique garde ce qui était écrit.")
    return redirect("case_admin:section", section=section)


@require_POST
@access.needs(*_ANY)
def revert(request: HttpRequest, section: str, key: str) -> HttpResponse:
    """Back to what a row was before one of its changes."""
    kind = _section(request, section)
    was_there = kind.find(key) is not None
    if not was_there and not kind.may_add:
        raise Http404
    change = request.POST.get("change", "")
    try:
        services.setting_revert(
            section=section,
            key=key,
            change_id=int(change) if change.isdecimal() and change.isascii() else 0,
            seen=request.POST.get("seen", ""),
            actor=cast(User, request.user),
        )
    except services.SettingError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "Le réglage d’avant est rétabli. Cela vaut pour la suite.")
    if was_there:
        return redirect("case_admin:edit", section=section, key=key)
    return redirect("case_admin:section", section=section)


def _section(request: HttpRequest, slug: str) -> Section:
    kind = SECTIONS.get(slug)
    if kind is None:
        raise Http404
    if not cast(User, request.user).has_perm(kind.permission):
        raise PermissionDenied
    return kind


def _changes(sections: Iterable[str], key: str = "") -> list[dict[str, Any]]:
    """The newest changes with what differs, field by field."""
    found = Change.objects.select_related("actor").filter(section__in=sections)
    if key:
        found = found.filter(key=key)
    return [
        {
            "change": change,
            "section": SECTIONS[change.section].label,
            "lines": _lines(change),
        }
        for change in found[:_HISTORY_SHOWN]
    ]


def _lines(change: Change) -> list[tuple[str, Any, Any]]:
    before, after = change.before or {}, change.after or {}
    fields = SECTIONS[change.section].form.base_fields
    stored = {name: name.removesuffix("_text") for name in fields}
    return [
        (
            str(fields[name].label or name),
            _said(before.get(column, "")),
            _said(after.get(column, "")),
        )
        for name, column in stored.items()
        if before.get(column) != after.get(column)
    ]


def _said(value: Any) -> Any:
    return value if not isinstance(value, bool) else ("oui" if value else "non")


def _common(context: dict[str, Any]) -> dict[str, Any]:
    return {"section": "case_settings"} | context
