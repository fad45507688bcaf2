"""The conversations' inbox: filters, search, the queue's length."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agent_console.conversations.desk.changes import changes_mark
from agent_console.conversations.desk.selectors import desk_list, is_late
from agent_console.conversations.models import Conversation
from agent_console.intake import access
from agent_console.intake.desk_forms import SHOWN, DeskFilterForm

LIMIT = 50


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def desk_page(request: HttpRequest) -> HttpResponse:
    """`/console/conversations/`."""
    return render(request, "intake/desk.html", _list(request) | {"section": "desk"})


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def desk_list_part(request: HttpRequest) -> HttpResponse:
    """The list alone."""
    return render(request, "intake/parts/desk_list.html", _list(request))


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def queue_part(request: HttpRequest) -> HttpResponse:
    """How many wait, for the navigation."""
    return render(request, "intake/parts/queue_link.html", {"is_current": "current" in request.GET})


def shown_rows(found: Iterable[Conversation]) -> list[tuple[Conversation, bool]]:
    """What the list's template is given."""
    now = timezone.now()
    return [(row, is_late(row, now=now)) for row in found]


def _list(request: HttpRequest) -> dict[str, Any]:
    form = DeskFilterForm(request.GET)
    wanted = form.wanted(cast(User, request.user))
    mark = changes_mark()  # first: what changes from here on, the page's socket brings
    found = list(desk_list(wanted=wanted, limit=LIMIT + 1))
    rows = found[:LIMIT]
    return {
        "rows": shown_rows(rows),
        "mark": mark,
        "row_limit": LIMIT,
        "filter_form": form,
        "shown": wanted.shown,
        "is_filtered": bool(form.query()),
        "is_later_page": wanted.before is not None,
        "words": wanted.words,
        "first_query": form.query(),
        "next_query": form.query(before=rows[-1]) if len(found) > LIMIT else "",
        "part_query": request.GET.urlencode(),
        "shown_links": [(value, label, form.query(shown=value)) for value, label in SHOWN],
    }
