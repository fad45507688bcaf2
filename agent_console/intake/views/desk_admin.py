"""Supervisors: the teams of the desk; reply templates are changed among the settings."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.conversations.desk.models import ReplyTemplate, Team
from agent_console.conversations.routing.settings import team_save
from agent_console.intake import access
from agent_console.intake.desk_forms import TeamForm


@require_safe
@access.needs(access.MANAGE_DESK)
def desk_settings(request: HttpRequest) -> HttpResponse:
    """`/console/conversations/settings/`."""
    context = {
        "reply_templates": ReplyTemplate.objects.all(),
        "teams": Team.objects.prefetch_related("members"),
        "section": "desk",
    }
    return render(request, "intake/desk_settings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.MANAGE_DESK)
def team_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A team, new or with other members."""
    instance = get_object_or_404(Team, pk=pk) if pk is not None else None
    form = TeamForm(request.POST or None, instance=instance)
    if request.method == "POST" and form.is_valid():
        team_save(
            team=form.save(commit=False),
            members=form.cleaned_data["members"],
            actor=cast(User, request.user),
        )
        return _saved(request)
    return _shown(request, form, "Équipe" if instance else "Nouvelle équipe")


def _saved(request: HttpRequest) -> HttpResponse:
    messages.success(request, "C’est enregistré.")
    return redirect("console:desk-settings")


def _shown(request: HttpRequest, form: ModelForm[Any], title: str) -> HttpResponse:
    context = {"form": form, "heading": title, "section": "desk"}
    return render(request, "intake/desk_edit.html", context)
