"""What the assistant would reply, beside what the agent writes."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake import access
from agent_console.intake.suggesting import suggestion_for, unanswered
from agent_console.intake.views.desk_conversation import conversation_or_404


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def suggestion(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """A proposal for what was said last, for its holder; 204 while that is what the page has."""
    conversation = conversation_or_404(conversation_id)
    user = cast(User, request.user)
    message = unanswered(conversation) if conversation.holder_id == user.pk else None
    seq = message.seq if message else -1
    if request.GET.get("seq") == str(seq):
        return HttpResponse(status=204)
    context = {
        "conversation": conversation,
        "seq": seq,
        "suggestion": suggestion_for(message, user=user) if message else None,
    }
    return render(request, "intake/parts/suggestion.html", context)
