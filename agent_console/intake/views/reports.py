"""One report: what it says, its history, and the decision on it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.intake.forms import RejectForm
from agent_console.reports import services
from agent_console.reports.errors import ReasonMissing, TransitionRefused
from agent_console.reports.models import Report
from agent_console.reports.photos import photos_shown
from agent_console.reports.selectors import report_find
from agent_console.reports.workflow import State

NO_CONTENT = 204  # htmx leaves the page as it is


@require_safe
@access.needs(access.VIEW_REPORTS)
def report_page(request: HttpRequest, reference: str) -> HttpResponse:
    """`/console/reports/<reference>/`."""
    return _page(request, _report(reference), RejectForm())


@require_safe
@access.needs(access.VIEW_REPORTS)
def history_part(request: HttpRequest, reference: str) -> HttpResponse:
    """The state and the history alone."""
    return render(request, "intake/parts/history.html", {"report": _report(reference)})


@require_safe
@access.needs(access.VIEW_REPORTS)
def decision_part(request: HttpRequest, reference: str) -> HttpResponse:
    """The decision alone, when the state is no longer ``?seen=``.

    Nothing is sent while it is the same: a reason that somebody is typing must not vanish.
    """
    report = _report(reference)
    if request.GET.get("seen") == report.state:
        return HttpResponse(status=NO_CONTENT)
    return render(request, "intake/parts/decision.html", _context(report, RejectForm()))


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.VALIDATE_REPORTS)
def validate(request: HttpRequest, reference: str) -> HttpResponse:
    """Confirm the report, then show it again."""
    report = _report(reference)
    try:
        services.report_validate(report=report, actor=_agent(request))
    except TransitionRefused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Le signalement {report.reference_display} est validé.")
    return redirect("console:report", reference=report.reference)


@require_POST
@access.needs(access.VIEW_REPORTS)
@access.needs(access.REJECT_REPORTS)
def reject(request: HttpRequest, reference: str) -> HttpResponse:
    """Turn the report down with a reason, then show it again."""
    report = _report(reference)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _page(request, report, form)
    try:
        services.report_reject(
            report=report, actor=_agent(request), reason=form.cleaned_data["reason"]
        )
    except (TransitionRefused, ReasonMissing) as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Le signalement {report.reference_display} n’est pas retenu.")
    return redirect("console:report", reference=report.reference)


def _report(reference: str) -> Report:
    report = report_find(reference=reference)
    if report is None:
        raise Http404
    return report


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through


def _context(report: Report, form: RejectForm) -> dict[str, Any]:
    return {
        "report": report,
        "photos": photos_shown(report),
        "reject_form": form,
        "is_open": report.state == State.RECEIVED,
        "seen": report.state,
    }


def _page(request: HttpRequest, report: Report, form: RejectForm) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "intake/report.html", _context(report, form), status=status)
