"""A photo that goes with a reply: stored and checked like every other, kept with the draft."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from agent_console.conversations.desk.replying import draft_photo_set, draft_save
from agent_console.conversations.errors import InvalidText
from agent_console.conversations.models import Conversation
from agent_console.intake import access
from agent_console.intake.desk_context import Writing, takes_photos
from agent_console.intake.desk_forms import DraftForm
from agent_console.intake.views.desk_conversation import (
    conversation_or_404,
    desk_answer,
    refusal_text,
)
from agent_console.photos.errors import PhotoEmpty, PhotoError
from agent_console.photos.models import Uploader
from agent_console.photos.services import photo_store

_NOT_BY_THIS_CHANNEL = "Ce canal ne porte pas de photo : décrivez-la avec des mots."


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def photo_join(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Join a photo to what is being written, or say why not; the words stay."""
    conversation = conversation_or_404(conversation_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    sent, refusal = request.FILES.get("photo"), ""
    if not takes_photos(conversation):
        refusal = _NOT_BY_THIS_CHANNEL
    else:
        try:
            if sent is None:
                raise PhotoEmpty
            photo = photo_store(content=bytes(sent.read()), uploader=Uploader.STAFF).photo
        except PhotoError as error:
            refusal = error.message
        else:
            _set(request, conversation, form.cleaned_data["key"], photo.pk)
    return _kept(request, conversation, form, refusal)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def photo_remove(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Send it without."""
    conversation = conversation_or_404(conversation_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    _set(request, conversation, form.cleaned_data["key"], None)
    return _kept(request, conversation, form, "")


def _set(
    request: HttpRequest, conversation: Conversation, key: UUID, photo_id: UUID | None
) -> None:
    user = cast(User, request.user)
    draft_photo_set(conversation_id=conversation.pk, actor=user, key=key, photo_id=photo_id)


def _kept(
    request: HttpRequest, conversation: Conversation, form: DraftForm, refusal: str
) -> HttpResponse:
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    user = cast(User, request.user)
    try:
        draft_save(conversation_id=conversation.pk, actor=user, key=key, text=text)
    except InvalidText as error:
        refusal = refusal or refusal_text(error)
    return desk_answer(request, conversation, Writing(text=text, key=key, refusal=refusal))
