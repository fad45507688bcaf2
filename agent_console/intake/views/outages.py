"""``/console/pannes/``: outages, what belongs to them, their end and a mistaken end taken back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.intake import access
from agent_console.intake.outage_forms import EndForm, OutageForm, UndoForm
from agent_console.reports import outages as services
from agent_console.reports.errors import PermissionMissing, ReportError
from agent_console.reports.models import Outage
from agent_console.reports.outage_reads import (
    outage_find,
    outages_ended,
    outages_on,
    parts_of,
    people_in,
    reports_to_offer,
)
from agent_console.reports.selectors import report_find

UNPROCESSABLE = 422


@require_safe
@access.needs(access.VIEW_REPORTS)
def outage_list(request: HttpRequest) -> HttpResponse:
    """Those that are on, and the last that were."""
    context = {"section": "outages", "on": outages_on(), "ended": outages_ended()}
    return render(request, "intake/outages.html", context)


@require_safe
@access.needs(access.VIEW_REPORTS)
def banner_part(request: HttpRequest) -> HttpResponse:
    """The banner alone."""
    return render(request, "intake/parts/outages.html")


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def declare(request: HttpRequest, reference: str) -> HttpResponse:
    """From a report, which becomes the parent; its near reports are offered afterwards."""
    report = report_find(reference=reference)
    if report is None:
        raise Http404
    form = OutageForm(
        request.POST or None, initial={"communes": [report.commune_id] if report.commune else []}
    )
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                outage = services.outage_declare(
                    report=report, actor=_user(request), **form.cleaned_data
                )
            except ReportError as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, "La panne est déclarée : elle est annoncée partout.")
                return redirect(outage)
    context = {"section": "outages", "form": form, "report": report}
    return render(request, "intake/outage_edit.html", context, status=status)


@require_safe
@access.needs(access.VIEW_REPORTS)
def outage_page(request: HttpRequest, outage_id: int) -> HttpResponse:
    """One of them: what is said, its reports, those that could be part of it, its history."""
    return _page(request, _outage(outage_id))


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def change(request: HttpRequest, outage_id: int) -> HttpResponse:
    """Other words, another end."""
    outage = _outage(outage_id)
    seen = request.POST.get("seen", "")
    first = {
        "message_fr": outage.message_fr,
        "message_en": outage.message_en,
        "communes": [one.pk for one in outage.communes.all()],
        "expected_end": outage.expected_end,
    }
    form = OutageForm(request.POST or None, initial=first)
    status = 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                services.outage_change(
                    outage_id=outage.pk,
                    seen=int(seen) if seen.isdecimal() else 0,
                    actor=_user(request),
                    **form.cleaned_data,
                )
            except ReportError as refusal:
                form.add_error(None, refusal.message)
            else:
                messages.success(request, "L’annonce est changée.")
                return redirect(outage)
    context = {
        "section": "outages",
        "form": form,
        "outage": outage,
        "report": outage.parent,
        "seen": seen or outage.version,
    }
    return render(request, "intake/outage_edit.html", context, status=status)


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def attach(request: HttpRequest, outage_id: int) -> HttpResponse:
    """Those that are ticked become part of it."""
    chosen = [number for number in map(_number, request.POST.getlist("report")) if number]
    return _act(
        request,
        _outage(outage_id),
        lambda: services.outage_attach(outage_id=outage_id, reports=chosen, actor=_user(request)),
        "Signalements rattachés : {}.",
    )


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def detach(request: HttpRequest, outage_id: int) -> HttpResponse:
    """It was something else."""
    number = _number(request.POST.get("report", ""))
    if number is None:
        raise Http404
    return _act(
        request,
        _outage(outage_id),
        lambda: services.outage_detach(outage_id=outage_id, report_id=number, actor=_user(request)),
        "Le signalement ne fait plus partie de la panne.",
    )


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def close(request: HttpRequest, outage_id: int) -> HttpResponse:
    """The parent and its reports, all at once."""
    outage = _outage(outage_id)
    form = EndForm(request.POST)
    if not form.is_valid():
        return _page(request, outage, end=form)
    return _act(
        request,
        outage,
        lambda: services.outage_close(
            outage_id=outage_id, actor=_user(request), **form.cleaned_data
        ),
        "La panne est close. Signalements résolus avec elle : {}.",
    )


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.MANAGE_OUTAGES)
def reopen(request: HttpRequest, outage_id: int) -> HttpResponse:
    """The end was a mistake."""
    outage = _outage(outage_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return _page(request, outage, undo=form)
    return _act(
        request,
        outage,
        lambda: services.outage_reopen(
            outage_id=outage_id, actor=_user(request), **form.cleaned_data
        ),
        "La clôture est annulée. Signalements rouverts : {}.",
    )


def _page(
    request: HttpRequest,
    outage: Outage,
    *,
    end: forms.Form | None = None,
    undo: forms.Form | None = None,
) -> HttpResponse:
    may_manage = _user(request).has_perm(access.MANAGE_OUTAGES)
    is_on = outage.ended_at is None
    context: dict[str, Any] = {
        "section": "outages",
        "outage": outage,
        "is_on": is_on,
        "parts": parts_of(outage),
        "people": people_in(outage),
        "offered": reports_to_offer(outage) if may_manage and is_on else [],
        "changes": outage.changes.select_related("actor", "report"),
        "may_manage": may_manage,
        "end": end or EndForm(),
        "undo": undo or UndoForm(),
    }
    status = UNPROCESSABLE if end or undo else 200
    return render(request, "intake/outage.html", context, status=status)


def _act(request: HttpRequest, outage: Outage, act: Callable[[], Any], done: str) -> HttpResponse:
    try:
        count = act()
    except PermissionMissing as refusal:
        raise PermissionDenied from refusal
    except ReportError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done.format(count))
    return redirect(outage)


def _outage(outage_id: int) -> Outage:
    outage = outage_find(outage_id=outage_id)
    if outage is None:
        raise Http404
    return outage


def _number(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)
