"""``/console/facilities/``: bring a file, see what it would change, confirm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.facilities.errors import FacilityError, FileInvalid, RowError, TooManyRetired
from agent_console.facilities.importing import services
from agent_console.facilities.importing.planning import FIELDS, Plan
from agent_console.facilities.models import FacilityImport, ImportState
from agent_console.facilities.selectors import import_find, imports_recent
from agent_console.facilities.sorting.services import CHANGE
from agent_console.intake import access

from ..forms import UploadForm

_SHOWN = 50


@require_safe
@access.needs(services.IMPORT, CHANGE)
def home(request: HttpRequest) -> HttpResponse:
    """The form and the history; who only changes rules is sent to them."""
    if not request.user.has_perm(services.IMPORT):
        return redirect("facility_admin:rules")
    return _home(request, UploadForm())


@require_POST
@access.needs(services.IMPORT)
def upload(request: HttpRequest) -> HttpResponse:
    """Check a file; on success its preview."""
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _home(request, form)
    file = form.cleaned_data["file"]
    try:
        preview = services.import_preview(
            content=file.read(),
            file_name=file.name,
            source=form.cleaned_data["source"],
            kind=form.cleaned_data["kind"],
            is_full=form.cleaned_data["is_full"],
            actor=_agent(request),
        )
    except FileInvalid as refusal:
        form.add_error("file", refusal.message)
        return _home(request, form, refusal.rows)
    except FacilityError as refusal:
        form.add_error(None, refusal.message)
        return _home(request, form)
    return redirect("facility_admin:import", import_id=preview.id)


@require_safe
@access.needs(services.IMPORT)
def preview_page(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What a file would change, or what became of it."""
    return _preview(request, _import(import_id))


@require_POST
@access.needs(services.IMPORT)
def confirm(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Import what was shown; pressing twice imports once."""
    preview = _import(import_id)
    try:
        done = services.import_confirm(
            import_id=import_id,
            actor=_agent(request),
            accept_retirements=request.POST.get("accept_retirements") == "on",
        )
    except TooManyRetired as refusal:
        return _preview(request, preview, refusal.message)
    except FacilityError as refusal:
        messages.error(request, refusal.message)
        return redirect("facility_admin:home")
    messages.success(
        request,
        f"Import terminé : {done.new_count} nouveaux, {done.changed_count} modifiés, "
        f"{done.retired_count} retirés.",
    )
    return redirect("facility_admin:home")


@require_POST
@access.needs(services.IMPORT)
def abandon(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Change nothing and forget the file."""
    _import(import_id)
    try:
        services.import_abandon(import_id=import_id, actor=_agent(request))
    except FacilityError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, "Import abandonné. Rien n’a été changé.")
    return redirect("facility_admin:home")


def _home(request: HttpRequest, form: UploadForm, rows: Sequence[RowError] = ()) -> HttpResponse:
    context = {
        "section": "facilities",
        "page": "imports",
        "form": form,
        "rows": rows,
        "imports": list(imports_recent(limit=_SHOWN)),
    }
    status = 422 if form.errors else 200
    return render(request, "facility_admin/imports.html", context, status=status)


def _preview(request: HttpRequest, preview: FacilityImport, problem: str = "") -> HttpResponse:
    plan: Plan | None = None
    if preview.state == ImportState.PREVIEWED:
        try:
            plan = services.import_plan(preview=preview)
        except FileInvalid as refusal:  # a commune or a kind that the file names is gone
            problem = refusal.message
    context = {
        "section": "facilities",
        "page": "imports",
        "import": preview,
        "plan": plan,
        "problem": problem,
        "shown": _SHOWN,
        "changes": [
            (change, ", ".join(FIELDS[name] for name in change.fields))
            for change in (plan.changed[:_SHOWN] if plan else ())
        ],
        "new": plan.new[:_SHOWN] if plan else (),
        "retired": plan.retired[:_SHOWN] if plan else (),
    }
    status = 422 if problem else 200
    return render(request, "facility_admin/import.html", context, status=status)


def _import(import_id: UUID) -> FacilityImport:
    found = import_find(import_id=import_id)
    if found is None:
        raise Http404
    return found


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
