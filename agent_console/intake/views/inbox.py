"""The inbox: two live lists, conversations and reports."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agent_console.conversations.desk.changes import changes_mark
from agent_console.conversations.desk.selectors import DeskFilter, desk_list
from agent_console.intake import access
from agent_console.intake.filters import LATE, InboxFilterForm
from agent_console.intake.views.desk import shown_rows
from agent_console.reports.selectors import LATE_MAX, late_count, report_list
from agent_console.reports.workflow import State

LIMIT = 50  # rows of each list: what somebody looks through before they filter or turn the page


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
    context = _conversations()
    return render(
        request, "intake/parts/desk_list.html", context | {"rows": context["conversations"]}
    )


@require_safe
@access.needs(access.VIEW_REPORTS)
def reports_part(request: HttpRequest) -> HttpResponse:
    """The reports' list alone."""
    return render(request, "intake/parts/report_list.html", _reports(request))


def _conversations() -> dict[str, Any]:
    mark = changes_mark()  # first: what changes from here on, the page's socket brings
    found = desk_list(wanted=DeskFilter(), limit=LIMIT)
    return {"conversations": shown_rows(found), "mark": mark, "row_limit": LIMIT}


def _reports(request: HttpRequest) -> dict[str, Any]:
    form = InboxFilterForm(request.GET)
    shown = form.chosen()
    found = list(report_list(shown=shown, limit=LIMIT + 1))
    rows = found[:LIMIT]
    state = form.cleaned_data.get("state") or ""
    return {
        "reports": rows,
        "filter_form": form,
        "state": state,
        "is_filtered": bool(form.query()),
        "is_later_page": shown.before is not None,
        "first_query": form.query(),
        "part_query": request.GET.urlencode(),
        "next_query": form.query(before=rows[-1]) if len(found) > LIMIT else "",
        "state_links": [
            (value, label, form.query(state=value))
            for value, label in [("", "Tous"), (LATE, "En retard"), *State.choices]
        ],
        "late_count": late_count(now=timezone.now()),
        "late_max": LATE_MAX,
    }
