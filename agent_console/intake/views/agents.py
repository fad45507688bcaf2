"""Supervisors: who is there, what each can be offered, and the rules that offer it."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.conversations.routing.models import ChangeKind
from agent_console.conversations.routing.rules import rules
from agent_console.conversations.routing.selectors import agents_seen, changes_of, skills_of
from agent_console.conversations.routing.settings import ChangedMeanwhile, rules_save, skills_save
from agent_console.intake import access
from agent_console.intake.agents_forms import RulesForm, SkillsForm

HISTORY_SHOWN = 30
_CHANGED = "Un collègue vient de changer ce réglage. Relisez-le, puis recommencez."


@require_safe
@access.needs(access.MANAGE_DESK)
def agents(request: HttpRequest) -> HttpResponse:
    """`/console/conversations/agents/`."""
    context = _agents() | {"changes": changes_of(limit=HISTORY_SHOWN), "section": "desk"}
    return render(request, "intake/agents.html", context)


@require_safe
@access.needs(access.MANAGE_DESK)
def agents_part(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    return render(request, "intake/parts/agents.html", _agents())


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.MANAGE_DESK)
def skills_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What one agent can be offered, with its history."""
    user = get_object_or_404(User.objects.with_perm(access.ANSWER_CONVERSATIONS), pk=pk)
    form = SkillsForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        try:
            skills_save(user=user, actor=cast(User, request.user), **form.cleaned_data)
        except ChangedMeanwhile:
            form.add_error(None, _CHANGED)
        else:
            return _saved(request)
    key = str(user.pk)
    if form is None:
        seen = _newest(ChangeKind.AGENT, key)
        form = SkillsForm.of(user, skills_of([user.pk])[user.pk], seen=seen)
    heading = f"Compétences de {user.get_full_name() or user.get_username()}"
    return _shown(request, form, heading, ChangeKind.AGENT, key)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.MANAGE_DESK)
def rules_edit(request: HttpRequest) -> HttpResponse:
    """How conversations find their agent, with its history."""
    if request.method == "POST":
        form = RulesForm(request.POST)
        if form.is_valid():
            try:
                rules_save(actor=cast(User, request.user), **form.saved_with())
            except ChangedMeanwhile:
                form.add_error(None, _CHANGED)
            else:
                return _saved(request)
    else:
        form = RulesForm(instance=rules(), initial={"seen": _newest(ChangeKind.RULES, "1")})
    return _shown(request, form, "Attribution des conversations", ChangeKind.RULES, "1")


def _agents() -> dict[str, Any]:
    return {"agents": agents_seen(now=timezone.now()), "rules": rules()}


def _newest(kind: ChangeKind, key: str) -> int:
    return changes_of(kind=kind, key=key, limit=1).values_list("pk", flat=True).first() or 0


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, "C’est enregistré.")
    return redirect("console:agents")


def _shown(
    request: HttpRequest, form: SkillsForm | RulesForm, heading: str, kind: ChangeKind, key: str
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "changes": changes_of(kind=kind, key=key, limit=HISTORY_SHOWN),
        "section": "desk",
    }
    status = 409 if form.non_field_errors() else 200
    return render(request, "intake/agents_edit.html", context, status=status)
