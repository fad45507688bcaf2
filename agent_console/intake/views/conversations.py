"""One conversation: what was said, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.conversations.models import Conversation
from agent_console.intake import access, selectors

MESSAGES_SHOWN = 300


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def conversation_page(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """`/console/conversations/<uuid>/`."""
    conversation = _conversation(conversation_id)
    context = _timeline(conversation) | _citizen(conversation)
    return render(request, "intake/conversation.html", context)


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def timeline_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The messages alone."""
    context = _timeline(_conversation(conversation_id))
    return render(request, "intake/parts/timeline.html", context)


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def citizen_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The person's reports and wallet alone."""
    context = _citizen(_conversation(conversation_id))
    return render(request, "intake/parts/citizen.html", context)


def _conversation(conversation_id: UUID) -> Conversation:
    conversation = selectors.conversation_find(conversation_id=conversation_id)
    if conversation is None:
        raise Http404
    return conversation


def _timeline(conversation: Conversation) -> dict[str, Any]:
    shown = selectors.newest_messages(conversation=conversation, limit=MESSAGES_SHOWN)
    return {
        "conversation": conversation,
        "timeline": shown,
        "earlier_count": conversation.last_seq - len(shown),
        "notices": list(selectors.notices_kept(conversation=conversation)),
        "opted_out_at": conversation.contact_point.opted_out_at,
    }


def _citizen(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "resident": conversation.contact_point.resident,
        "reports": list(selectors.reports_of(conversation=conversation)),
    }
