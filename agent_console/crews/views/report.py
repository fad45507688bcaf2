"""One report in the field: what it says, and what a crew may do with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.crews import access
from agent_console.crews.acting import crew_act
from agent_console.crews.errors import CrewError, NotOfYourService
from agent_console.crews.forms import FORMS, ActForm
from agent_console.crews.selectors import Job, dispatcher_phone, job_find
from agent_console.photos.errors import PhotoError, PhotoNotStored
from agent_console.reports.errors import ReportError, TransitionRefused
from agent_console.reports.models import Report
from agent_console.reports.photos import photos_shown
from agent_console.reports.selectors import report_find
from agent_console.reports.workflow import STEPS, State

_SAID = {
    "start": "L’intervention a commencé.",
    "resume": "L’intervention a repris.",
    "resolve": "C’est résolu : le citoyen est interrogé.",
    "wrong_service": "Rendu : un autre service sera choisi.",
    "photo_before": "La photo d’avant est jointe.",
    "photo_after": "La photo d’après est jointe.",
}


@never_cache
@require_safe
@access.needs(access.WORK)
def report_page(request: HttpRequest, reference: str) -> HttpResponse:
    """`/console/crew/<reference>/`."""
    job = job_find(user=_agent(request), reference=reference)
    if job is None:
        raise Http404
    return _page(request, job, None)


@never_cache
@require_POST
@access.needs(access.WORK)
def act(request: HttpRequest, reference: str, action: str) -> HttpResponse:
    """Do it; a script asks for JSON, a plain form is led back to the page.

    What is refused changes nothing and stays with whoever sent it: on the phone, or in the form.
    """
    report = report_find(reference=reference)
    if report is None or action not in FORMS:
        raise Http404
    form = FORMS[action](request.POST, request.FILES, action=action)
    is_script = "application/json" in request.headers.get("Accept", "")
    if not form.is_valid():
        first = next(iter(form.errors.values()))[0]
        return _refused(request, report, form, "form_invalid", str(first), 422, is_script)
    try:
        crew_act(report_id=report.id, act=form.act(), actor=_agent(request))
    except PhotoNotStored as error:
        return _refused(request, report, form, error.code, error.message, 503, is_script)
    except (CrewError, PhotoError, ReportError) as error:
        message = _explained(error, report)
        return _refused(request, report, form, error.code, message, 409, is_script)
    if is_script:
        return JsonResponse({"said": _SAID[action]})
    messages.success(request, _SAID[action])
    return redirect("crews:report", reference=report.reference)


def _explained(error: CrewError | PhotoError | ReportError, report: Report) -> str:
    """The refusal; when a colleague was faster, with who it was."""
    if not isinstance(error, TransitionRefused):
        return error.message
    last = report.transitions.select_related("actor").last()
    if last is None or last.actor is None:
        return error.message
    who = last.actor.get_full_name() or last.actor.get_username()
    return f"{error.message} Dernière étape : {who}."


def _refused(
    request: HttpRequest,
    report: Report,
    form: ActForm,
    code: str,
    message: str,
    status: int,
    is_script: bool,
) -> HttpResponse:
    if is_script:
        return JsonResponse({"code": code, "message": message}, status=status)
    job = job_find(user=_agent(request), reference=report.reference)
    if job is None:
        messages.error(request, NotOfYourService.message)
        return redirect("crews:day")
    if status != HTTPStatus.UNPROCESSABLE_ENTITY:
        form.add_error(None, message)
    return _page(request, job, form, status)


def _page(request: HttpRequest, job: Job, bound: ActForm | None, status: int = 200) -> HttpResponse:
    state = State(job.report.state)
    steps = {
        action: FORMS[action](action=action)
        for action in ("start", "resume", "resolve", "wrong_service")
        if state in STEPS[action].sources and (action != "resume" or job.reopened)
    }
    context: dict[str, Any] = {
        "job": job,
        "report": job.report,
        "photos": photos_shown(job.report),
        "phone": dispatcher_phone(job.report),
        "steps": steps,
        "bound": bound,
    }
    return render(request, "crews/report.html", context, status=status)


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
