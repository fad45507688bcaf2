"""`/console/calls/announcements/`: what every caller hears first, from this moment on."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.calls import announcements, selectors
from agent_console.calls.errors import AnnouncementInvalid
from agent_console.calls.models import AnnouncementKind
from agent_console.intake import access

from .access import CHANGE_ANNOUNCEMENTS
from .forms import AnnouncementForm

_PAST_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(CHANGE_ANNOUNCEMENTS)
def page(request: HttpRequest) -> HttpResponse:
    """What is announced now, what was before and by whom; a new one."""
    form = AnnouncementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            announcements.announcement_start(
                kind=AnnouncementKind(given["kind"]),
                text=given["text"],
                closes_desk=given["closes_desk"],
                actor=cast(User, request.user),
            )
        except AnnouncementInvalid as refused:
            form.add_error("text", refused.message)
        else:
            messages.success(request, "C’est en ligne : le prochain appel commence ainsi.")
            return redirect("calls:announcements")
    context = {
        "section": "telephone",
        "form": form,
        "current": list(selectors.announcements_now()),
        "past": list(selectors.announcements_past(limit=_PAST_SHOWN)),
    }
    status = 422 if form.errors else 200
    return render(request, "phone_desk/announcements.html", context, status=status)


@require_POST
@access.needs(CHANGE_ANNOUNCEMENTS)
def end(request: HttpRequest, announcement_id: int) -> HttpResponse:
    """Announce it no more."""
    announcements.announcement_end(announcement_id=announcement_id, actor=cast(User, request.user))
    messages.success(request, "C’est retiré : les prochains appels ne l’entendent plus.")
    return redirect("calls:announcements")
