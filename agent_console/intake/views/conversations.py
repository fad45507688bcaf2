"""One conversation: what was said, and what came of it."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.conversations.blocking import conversation_block, conversation_unblock
from agent_console.conversations.desk.selectors import entries_between
from agent_console.conversations.models import Conversation
from agent_console.intake import access, selectors
from agent_console.intake.desk_context import Writing, desk_context
from agent_console.opt_outs.models import OptOutSource
from agent_console.opt_outs.selectors import opt_out_history
from agent_console.opt_outs.services import news_set
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act

MESSAGES_SHOWN = 300


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def conversation_page(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """`/console/conversations/<uuid>/`."""
    conversation = _looked_at(request, conversation_id)
    return render(request, "intake/conversation.html", page_context(request, conversation))


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def timeline_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The messages alone."""
    context = _timeline(_looked_at(request, conversation_id))
    return render(request, "intake/parts/timeline.html", context)


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def citizen_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """The person's reports and wallet alone."""
    context = _citizen(_looked_at(request, conversation_id))
    return render(request, "intake/parts/citizen.html", context)


@require_POST
@access.needs(access.BLOCK_SENDERS)
def block(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Listen no more to who writes here."""
    conversation_block(conversation_id=_conversation(conversation_id).id)
    messages.success(request, "Cet expéditeur est bloqué. Vous pouvez le débloquer ici.")
    return redirect("console:conversation", conversation_id=conversation_id)


@require_POST
@access.needs(access.BLOCK_SENDERS)
def unblock(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Listen again."""
    conversation_unblock(conversation_id=_conversation(conversation_id).id)
    messages.success(request, "Cet expéditeur est débloqué.")
    return redirect("console:conversation", conversation_id=conversation_id)


@access.needs(access.CHANGE_OPT_OUTS)
def news(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Stop what this person did not just ask for, or (``wants_news``) send it again."""
    conversation = _conversation(conversation_id)
    wants_news = "wants_news" in request.POST
    news_set(
        contact_point_id=conversation.contact_point_id,
        wants_news=wants_news,
        source=OptOutSource.CONSOLE,
        actor=cast(User, request.user),
    )
    messages.success(
        request,
        "Cette personne reçoit de nouveau nos messages."
        if wants_news
        else "C’est noté : cette personne ne reçoit plus de messages qu’elle n’a pas demandés.",
    )
    return redirect("console:conversation", conversation_id=conversation.id)


def page_context(
    request: HttpRequest, conversation: Conversation, writing: Writing | None = None
) -> dict[str, Any]:
    """All that the page shows; ``writing``: what an agent just tried to send."""
    return (
        _timeline(conversation)
        | _citizen(conversation)
        | desk_context(cast(User, request.user), conversation, writing)
    )


def _looked_at(request: HttpRequest, conversation_id: UUID) -> Conversation:
    """The conversation; the look is written down before anything of it is shown."""
    conversation = _conversation(conversation_id)
    audit_look(
        actor=cast(User, request.user),
        act=Act.CONVERSATION,
        subject=str(conversation.pk),
        resident_id=conversation.contact_point.resident_id,
    )
    return conversation


def _conversation(conversation_id: UUID) -> Conversation:
    conversation = selectors.conversation_find(conversation_id=conversation_id)
    if conversation is None:
        raise Http404
    return conversation


def _timeline(conversation: Conversation) -> dict[str, Any]:
    shown = selectors.newest_messages(conversation=conversation, limit=MESSAGES_SHOWN)
    first_seq = shown[0].seq if shown else 0
    margins = entries_between(conversation=conversation, first_seq=first_seq)
    return {
        "conversation": conversation,
        "timeline": [(message, margins.get(message.seq, [])) for message in shown],
        "last_seq": conversation.last_seq,
        "earlier_count": conversation.last_seq - len(shown),
        "notices": list(selectors.notices_kept(conversation=conversation)),
        "opted_out_at": conversation.contact_point.opted_out_at,
    }


def _citizen(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": conversation,
        "resident": conversation.contact_point.resident,
        "opted_out_at": conversation.contact_point.opted_out_at,
        "opt_outs": list(opt_out_history(contact_point=conversation.contact_point)),
        "reports": list(selectors.reports_of(conversation=conversation)),
    }
