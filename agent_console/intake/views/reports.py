"""One report: what it says, its history, and the steps that can be taken."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.intake import access
from agent_console.intake.step_forms import StepForm
from agent_console.intake.steps import CONSOLE_STEPS, steps_for
from agent_console.reports.errors import PermissionMissing, ReportError
from agent_console.reports.models import Report
from agent_console.reports.outage_reads import outage_of
from agent_console.reports.photos import photos_shown
from agent_console.reports.selectors import report_find
from agent_console.reports.similar import similar_to
from agent_console.reports.supporters import supporters_count
from agent_console.reports.workflow import OPEN, State
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act

NO_CONTENT = 204  # htmx leaves the page as it is


@require_safe
@access.needs(access.VIEW_REPORTS)
def report_page(request: HttpRequest, reference: str) -> HttpResponse:
    """`/console/reports/<reference>/`."""
    report = _report(reference)
    audit_look(
        actor=_agent(request),
        act=Act.REPORT,
        subject=report.reference,
        resident_id=report.resident_id,
    )
    return _page(request, report, {})


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
    return render(request, "intake/parts/decision.html", _context(request, report, {}))


@require_POST
@access.needs(access.VIEW_REPORTS)
def step(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Take one step, then show the report again; what is refused says why and changes nothing."""
    taken = CONSOLE_STEPS.get(action)
    if taken is None:
        raise Http404
    if not request.user.has_perm(taken.permission):
        raise PermissionDenied
    report = _report(reference)
    form = taken.form(request.POST, action=action, report=report)
    if not form.is_valid():
        return _page(request, report, {action: form})
    try:
        taken.service(report=report, actor=_agent(request), **form.arguments())
    except PermissionMissing as refusal:
        raise PermissionDenied from refusal
    except ReportError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, taken.said.format(report.reference_display))
    return redirect("console:report", reference=report.reference)


def _report(reference: str) -> Report:
    report = report_find(reference=reference)
    if report is None:
        raise Http404
    return report


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through


def _context(request: HttpRequest, report: Report, bound: dict[str, StepForm]) -> dict[str, Any]:
    steps = [
        {
            "action": action,
            "label": step.label,
            "is_danger": step.is_danger,
            "help": step.help,
            "form": bound.get(action) or step.form(action=action, report=report),
        }
        for action, step in steps_for(report, _agent(request)).items()
    ]
    return {
        "report": report,
        "photos": photos_shown(report),
        "steps": steps,
        "has_errors": bool(bound),
        "is_undecided": report.state == State.RECEIVED,
        "seen": report.state,
    }


def _page(request: HttpRequest, report: Report, bound: dict[str, StepForm]) -> HttpResponse:
    context = _context(request, report, bound) | {
        "near": similar_to(report),
        "outage": outage_of(report),
        "may_declare": report.state in OPEN and _agent(request).has_perm(access.MANAGE_OUTAGES),
        "supporters_count": supporters_count(report),
        "can_mark_duplicate": "mark_duplicate" in steps_for(report, _agent(request)),
    }
    return render(request, "intake/report.html", context, status=422 if bound else 200)
