"""`/console/settings/`: supervisors change the rules of reports."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.case_admin import services
from agent_console.case_admin.models import Change
from agent_console.case_admin.sections import SECTIONS, Section
from agent_console.intake import access

_UNPROCESSABLE = 422
_HISTORY_SHOWN = 50


@require_safe
@access.needs(services.PERMISSION)
def home(request: HttpRequest) -> HttpResponse:
    """What can be set, and the last changes."""
    context = {"sections": SECTIONS.items(), "changes": _changes()}
    return render(request, "case_admin/home.html", _common(context))


@require_safe
@access.needs(services.PERMISSION)
def section_list(request: HttpRequest, section: str) -> HttpResponse:
    """The rows of one kind of rule and their history; a single row opens at once."""
    kind = _section(section)
    if kind.is_single:
        return redirect("case_admin:edit", section=section, key="1")
    rows = [(str(row.pk), kind.describe(row)) for row in kind.rows()]
    context = {"slug": section, "kind": kind, "rows": rows, "changes": _changes(section)}
    return render(request, "case_admin/section.html", _common(context))


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(services.PERMISSION)
def edit(request: HttpRequest, section: str, key: str | None = None) -> HttpResponse:
    """Change a row, or add one when no ``key`` is given."""
    kind = _section(section)
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
        "changes": _changes(section, key) if key is not None else [],
    }
    is_refused = bool(form.errors or refusal)
    status = _UNPROCESSABLE if is_refused else 200
    return render(request, "case_admin/edit.html", _common(context), status=status)


@require_POST
@access.needs(services.PERMISSION)
def delete(request: HttpRequest, section: str, key: str) -> HttpResponse:
    """Remove a row."""
    kind = _section(section)
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


def _section(slug: str) -> Section:
    kind = SECTIONS.get(slug)
    if kind is None:
        raise Http404
    return kind


def _changes(section: str = "", key: str = "") -> list[dict[str, Any]]:
    """The newest changes with what differs, field by field."""
    found = Change.objects.select_related("actor")
    if section:
        found = found.filter(section=section)
    if key:
        found = found.filter(key=key)
    return [
        {"change": change, "section": SECTIONS[change.section].label, "lines": _lines(change)}
        for change in found[:_HISTORY_SHOWN]
        if change.section in SECTIONS
    ]


def _lines(change: Change) -> list[tuple[str, Any, Any]]:
    before, after = change.before or {}, change.after or {}
    fields = SECTIONS[change.section].form.base_fields
    stored = {name: name.removesuffix("_text") for name in fields}
    return [
        (str(fields[name].label or name), before.get(column, ""), after.get(column, ""))
        for name, column in stored.items()
        if before.get(column) != after.get(column)
    ]


def _common(context: dict[str, Any]) -> dict[str, Any]:
    return {"section": "case_settings"} | context
