"""The inbox: two live lists, conversations and reports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.conversations.selectors import conversation_list
from agent_console.intake import access
from agent_console.reports.selectors import report_list
from agent_console.reports.workflow import State

LIMIT = 100  # rows of each list


@require_safe
@access.needs(*access.CONSOLE)
def inbox(request: HttpRequest) -> HttpResponse:
    """`/console/`: what came in, newest first; an agent sees the lists that they may read."""
    context: dict[str, Any] = {"section": "inbox"}
    if request.user.has_perm(access.VIEW_CONVERSATIONS):
        context |= _conversations()
    if request.user.has_perm(access.VIEW_REPORTS):
        context |= _reports(request)
    return render(request, "intake/inbox.html", context)


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def conversations_part(request: HttpRequest) -> HttpResponse:
    """The conversations' list alone."""
    return render(request, "intake/parts/conversation_list.html", _conversations())


@require_safe
@access.needs(access.VIEW_REPORTS)
def reports_part(request: HttpRequest) -> HttpResponse:
    """The reports' list alone."""
    return render(request, "intake/parts/report_list.html", _reports(request))


def _conversations() -> dict[str, Any]:
    return {"conversations": list(conversation_list(limit=LIMIT))}


def _reports(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("state", "")
    state = asked if asked in State.values else None
    return {
        "reports": list(report_list(state=state, limit=LIMIT)),
        "state": state or "",
        "states": State.choices,
    }
