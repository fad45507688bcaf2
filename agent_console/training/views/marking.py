"""``/console/entrainement/phrases/<message>/mal-comprise/``, and ``…/bien-comprise/``."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from agent_console.conversations.models import Message
from agent_console.intake import access

from ..errors import NotRead, TrainingError
from ..marking import sentence_mark, sentence_unmark
from ..permissions import CORRECT

_UNDONE = "Le signalement est annulé."
_STILL_MISSED = (
    "Le signalement est annulé. L’assistant n’avait pas compris la phrase de lui-même :"
    " elle reste à corriger."
)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(CORRECT)
def mark(request: HttpRequest, message_id: int) -> HttpResponse:
    """The assistant took it for something else; its correction follows."""
    try:
        sentence_mark(message_id=message_id, actor=cast(User, request.user))
    except NotRead as refusal:
        raise Http404(refusal.message) from refusal
    return redirect("training:correct", message_id)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(CORRECT)
def unmark(request: HttpRequest, message_id: int) -> HttpResponse:
    """Take the mark back; then the conversation, or the list that `next` names."""
    message = get_object_or_404(Message, pk=message_id)
    try:
        is_missed = sentence_unmark(message_id=message_id, actor=cast(User, request.user))
    except Message.DoesNotExist as gone:
        raise Http404 from gone
    except TrainingError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _STILL_MISSED if is_missed else _UNDONE)
    onward = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        onward, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return redirect(onward)
    return redirect("console:conversation", message.conversation_id)
