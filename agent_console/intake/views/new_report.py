"""Writing down a report for a caller, with the reports that may be the same beside it."""

from __future__ import annotations

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.intake import access
from agent_console.intake.new_report_form import CHANNELS, NewReportForm
from agent_console.intake.views.new_photos import photos_kept
from agent_console.places.selectors import communes
from agent_console.reports.errors import IntakeConflict, ReportError
from agent_console.reports.models import Report
from agent_console.reports.models.photo import CITIZEN_PHOTOS_MAX
from agent_console.reports.selectors import is_taken_in, report_find
from agent_console.reports.services import report_create
from agent_console.reports.similar import Similar
from agent_console.reports.supporters import report_support, supporters_count

NO_CONTENT = 204  # htmx leaves the page as it is
UNPROCESSABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.ADD_REPORTS)
def new_report(request: HttpRequest) -> HttpResponse:
    """`/console/reports/new/`.

    What may be the same, and the category's questions, are shown before anything is stored: live
    while the operator writes, or, without script, when the form is sent for the first time.
    """
    if request.method != "POST":
        return _page(request, NewReportForm.fresh(), similar=[])
    if request.POST.get("attach"):
        return _attach(request)
    form = NewReportForm(request.POST)
    if not form.is_valid():
        return _page(request, form, similar=form.similar(), status=UNPROCESSABLE)
    similar = form.similar()
    intake_key = _key(request, form.cleaned_data["key"])
    # Sent again (a double click, a lost answer): it must not meet itself as a near report.
    if not is_taken_in(intake_key=intake_key) and _is_news(request, form, similar):
        return _page(request, form, similar=similar, is_check=True)
    try:
        report = report_create(
            intake_key=intake_key,
            intake=form.intake(created_by=_agent(request)),
        )
    except IntakeConflict as conflict:
        form = _with_fresh_key(request)
        form.add_error(
            None,
            f"Ce formulaire a déjà été enregistré sous la référence {conflict.fields['reference']}."
            " Enregistrez à nouveau s’il s’agit d’un autre problème.",
        )
        return _page(request, form, similar=similar, status=UNPROCESSABLE)
    except ReportError as refusal:
        form.refuse(refusal)
        return _page(request, form, similar=similar, status=UNPROCESSABLE)
    return redirect("console:receipt", reference=report.reference)


@require_POST
@access.needs(access.ADD_REPORTS)
def similar_part(request: HttpRequest) -> HttpResponse:
    """What may be the same, alone; nothing while it is what the page shows already."""
    form = NewReportForm(request.POST)
    similar = form.similar()
    if request.POST.get("shown", "") == _shown(form, similar):
        return HttpResponse(status=NO_CONTENT)
    return render(request, "intake/parts/similar.html", _panel(request, form, similar))


@require_POST
@access.needs(access.ADD_REPORTS)
def questions_part(request: HttpRequest) -> HttpResponse:
    """The questions of the chosen category, alone."""
    form = NewReportForm(request.POST)
    return render(request, "intake/parts/questions.html", {"form": form})


@require_safe
@access.needs(access.ADD_REPORTS)
def receipt(request: HttpRequest, reference: str) -> HttpResponse:
    """The reference to read aloud, and what happens next."""
    report = _report(reference)
    context = {
        "report": report,
        "is_attached": "attached" in request.GET,
        "people": 1 + supporters_count(report),
        "section": "new_report",
    }
    return render(request, "intake/new_report_receipt.html", context)


def _attach(request: HttpRequest) -> HttpResponse:
    """Count the caller with an existing report instead of making another one."""
    report = _report(request.POST["attach"])
    form = NewReportForm(request.POST)
    form.is_valid()  # a form that is half filled in is enough here
    channel = form.cleaned_data.get("channel") or CHANNELS[0]
    try:
        report_support(
            report=report,
            key=_key(request, form.cleaned_data.get("key") or uuid.uuid4()),
            channel=channel,
            actor=_agent(request),
        )
    except ReportError as refusal:
        form = _with_fresh_key(request)
        form.add_error(None, refusal.message)
        return _page(request, form, similar=form.similar(), status=UNPROCESSABLE)
    if form.photo_ids:
        messages.info(request, "Les photos n’ont pas été jointes : un soutien n’en porte pas.")
    return redirect(reverse("console:receipt", args=[report.reference]) + "?attached=1")


def _is_news(request: HttpRequest, form: NewReportForm, similar: list[Similar]) -> bool:
    """Whether there is something that the operator has not been shown yet."""
    seen = set(request.POST.get("seen", "").split())
    has_unseen = any(one.report.reference not in seen for one in similar)
    return has_unseen or (bool(form.questions) and request.POST.get("asked") != form.asked)


def _with_fresh_key(request: HttpRequest) -> NewReportForm:
    data = request.POST.copy()
    data["key"] = str(uuid.uuid4())
    form = NewReportForm(data)
    form.is_valid()
    return form


def _shown(form: NewReportForm, similar: list[Similar]) -> str:
    if form.category is None:
        return ""
    return " ".join(one.report.reference for one in similar) or "none"


def _panel(request: HttpRequest, form: NewReportForm, similar: list[Similar]) -> dict[str, Any]:
    seen = [*request.POST.get("seen", "").split(), *(one.report.reference for one in similar)]
    return {
        "form": form,
        "similar": similar,
        "seen": " ".join(dict.fromkeys(seen)),
        "shown": _shown(form, similar),
    }


def _page(
    request: HttpRequest,
    form: NewReportForm,
    *,
    similar: list[Similar],
    is_check: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _panel(request, form, similar) | {
        "communes": communes(),
        "photos": photos_kept(form.photo_ids),
        "photos_max": CITIZEN_PHOTOS_MAX,
        "is_check": is_check,
        "section": "new_report",
    }
    return render(request, "intake/new_report.html", context, status=status)


def _key(request: HttpRequest, key: uuid.UUID) -> str:
    return f"console:{_agent(request).pk}:{key}"


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through


def _report(reference: str) -> Report:
    report = report_find(reference=reference)
    if report is None:
        raise Http404
    return report
