"""`/console/consultations/`: a question's life, step by step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.consultations import proposals, selectors, services
from agent_console.consultations.errors import ConsultationError
from agent_console.consultations.models import Consultation
from agent_console.consultations.texts import message
from agent_console.consultations.workflow import State
from agent_console.intake import access

from .forms import ConsultationForm, initial_of

_UNPROCESSABLE = 422
_DONE = {
    "open": "La consultation est ouverte : tout le monde peut la lire.",
    "take_back": "C’est de nouveau un brouillon.",
    "close": "La consultation est close. Les bulletins sont comptés dans la minute.",
    "publish": "Les résultats sont publiés.",
}


@require_safe
@access.needs(services.PERMISSION, proposals.PERMISSION)
def home(request: HttpRequest) -> HttpResponse:
    """All consultations, and how many proposals wait."""
    context = {
        "consultations": Consultation.objects.all(),
        "waiting": selectors.proposals_waiting().count(),
    }
    return _page(request, "home", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(services.PERMISSION)
def add(request: HttpRequest) -> HttpResponse:
    """A new draft."""
    form = ConsultationForm(request.POST or None)

    def save(actor: User) -> Consultation:
        return services.consultation_create(draft=form.draft(), actor=actor)

    return _form_page(request, form, None, save)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(services.PERMISSION)
def edit(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Rewrite a draft."""
    consultation = get_object_or_404(Consultation, pk=consultation_id)
    if consultation.state != State.DRAFT:
        messages.error(request, message("step_refused"))
        return redirect("consultation_desk:detail", consultation_id)
    form = ConsultationForm(request.POST or None, initial=initial_of(consultation))

    def save(actor: User) -> Consultation:
        return services.consultation_edit(
            consultation_id=consultation_id, draft=form.draft(), actor=actor
        )

    return _form_page(request, form, consultation, save)


@require_safe
@access.needs(services.PERMISSION)
def detail(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """The question as residents read it, what can be done now, and the history."""
    return _detail(request, get_object_or_404(Consultation, pk=consultation_id))


@require_POST
@access.needs(services.PERMISSION)
def step(request: HttpRequest, consultation_id: UUID) -> HttpResponse:
    """Open, take back, close or publish."""
    consultation = get_object_or_404(Consultation, pk=consultation_id)
    actor = cast(User, request.user)
    action = request.POST.get("action", "")
    try:
        if action == "open":
            services.consultation_open(consultation_id=consultation_id, actor=actor)
        elif action == "take_back":
            services.consultation_take_back(consultation_id=consultation_id, actor=actor)
        elif action == "close":
            reason = request.POST.get("reason", "")
            services.consultation_close(consultation_id=consultation_id, reason=reason, actor=actor)
        elif action == "publish":
            services.consultation_publish(consultation_id=consultation_id, actor=actor)
        else:
            raise Http404
    except ConsultationError as refusal:
        return _detail(request, consultation, problem=message(refusal.code), status=409)
    messages.success(request, _DONE[action])
    return redirect("consultation_desk:detail", consultation_id)


def _detail(
    request: HttpRequest, consultation: Consultation, *, problem: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "consultation": consultation,
        "choices": consultation.choices.all(),
        "communes": consultation.communes.all(),
        "votes": selectors.votes_count(consultation),
        "results": selectors.results(consultation, locale="fr")
        if consultation.counted_at is not None
        else None,
        "steps": consultation.steps.select_related("actor"),
        "problem": problem,
    }
    return _page(request, "detail", context, status=status)


def _form_page(
    request: HttpRequest,
    form: ConsultationForm,
    consultation: Consultation | None,
    save: Callable[[User], Consultation],
) -> HttpResponse:
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            saved = save(cast(User, request.user))
        except ConsultationError as refusal:
            problem = message(refusal.code)
        else:
            messages.success(request, "C’est enregistré. Rien n’est encore visible du public.")
            return redirect("consultation_desk:detail", saved.pk)
    context = {"form": form, "consultation": consultation, "problem": problem}
    status = _UNPROCESSABLE if form.errors or problem else 200
    return _page(request, "edit", context, status=status)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    common = {"section": "consultations"}
    return render(request, f"consultation_desk/{name}.html", common | context, status=status)
