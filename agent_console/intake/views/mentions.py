"""Notes that name the agent."""

from __future__ import annotations

from typing import cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.desk.mentions import (
    mention_read,
    mentions_read,
    mentions_unread,
)
from agent_console.intake import access


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def mentions(request: HttpRequest) -> HttpResponse:
    """`/console/mentions/`."""
    user = cast(User, request.user)
    context = {"unread": mentions_unread(user), "read": mentions_read(user), "section": "mentions"}
    return render(request, "intake/mentions.html", context)


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def mentions_link_part(request: HttpRequest) -> HttpResponse:
    """How many are unread, for the header."""
    return render(request, "intake/parts/mentions_link.html")


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
def read(request: HttpRequest, mention_id: int) -> HttpResponse:
    """It is read; with ``open`` the conversation is shown, otherwise the list again."""
    mention = mention_read(mention_id=mention_id, user=cast(User, request.user))
    if mention is None:
        raise Http404
    if "open" in request.POST:
        return redirect("console:conversation", conversation_id=mention.entry.conversation_id)
    return redirect("console:mentions")
