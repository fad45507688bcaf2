"""Acting in one conversation: taking it, answering, noting, handing it on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agent_console.citizens.selectors import residents_same
from agent_console.conversations.desk import errors
from agent_console.conversations.desk.mentions import named_in
from agent_console.conversations.desk.presence import viewer_note, viewers_of
from agent_console.conversations.desk.replying import agent_reply, draft_save, note_add
from agent_console.conversations.desk.selectors import history_of, said_after, templates_for
from agent_console.conversations.desk.taking import (
    conversation_hand_back,
    conversation_take,
    conversation_transfer,
)
from agent_console.conversations.errors import ConversationError, InvalidText
from agent_console.conversations.models import Conversation
from agent_console.intake import access, selectors
from agent_console.intake.desk_context import (
    Writing,
    desk_context,
    filled_template,
    preview,
    standing_context,
)
from agent_console.intake.desk_forms import DraftForm, TransferForm, WritingForm
from agent_console.intake.templatetags.desk_text import agent_name
from agent_console.intake.views.conversations import page_context

HISTORY_SHOWN = 300
_NOTED = "Note ajoutée. Seuls vos collègues la voient."
_REFUSALS = {
    "text_empty": "Écrivez d’abord votre message.",
    "text_too_long": "Ce message est trop long : 2 000 signes au plus.",
    "text_invalid": "Ce message contient un signe qui ne peut pas être envoyé.",
    "channel_not_written": "Ce canal ne reçoit pas de message écrit.",
    "not_held": "Vous ne répondez plus dans cette conversation. Prenez-la d’abord.",
    "something_new": "Quelque chose a été dit depuis. Lisez, puis envoyez si votre réponse convient"
    " toujours.",
    "photo_gone": "La photo jointe n’existe plus. Retirez-la, ou joignez-la de nouveau.",
    "colleague_unknown": "Choisissez un collègue ou une équipe qui répond aux conversations.",
}


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def standing_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Who answers, alone."""
    conversation = conversation_or_404(conversation_id)
    return render(
        request,
        "intake/parts/standing.html",
        standing_context(conversation, cast(User, request.user)),
    )


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def desk_part(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """What may be done; 204 while the fence is the one that the page has: nobody's words are swept
    away while they write."""
    conversation = conversation_or_404(conversation_id)
    if request.GET.get("fence") == str(conversation.fence):
        return HttpResponse(status=204)
    return desk_answer(request, conversation)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def take(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Answer here from now on."""
    return _act(
        request,
        conversation_id,
        lambda: conversation_take(conversation_id=conversation_id, actor=_user(request)),
        "Vous répondez maintenant à cette personne. L’assistant se tait.",
    )


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def hand_back(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Let the assistant answer again."""
    summary = request.POST.get("summary", "").replace("\x00", "")[:1000]
    return _act(
        request,
        conversation_id,
        lambda: conversation_hand_back(
            conversation_id=conversation_id, actor=_user(request), summary=summary
        ),
        "L’assistant répond de nouveau.",
    )


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def transfer(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Hand it to a colleague or a team."""
    form = TransferForm(request.POST)
    chosen = form.chosen(_user(request)) if form.is_valid() else {}
    text = str(form.cleaned_data.get("text") or "").replace("\x00", "")
    return _act(
        request,
        conversation_id,
        lambda: conversation_transfer(
            conversation_id=conversation_id, actor=_user(request), text=text, **chosen
        ),
        "La conversation est transmise.",
    )


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def reply(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Send; what can't be sent stays in the page, with the reason."""
    conversation = conversation_or_404(conversation_id)
    form = WritingForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    key, text = form.cleaned_data["key"], form.cleaned_data["text"]
    seen = form.cleaned_data["seen"]
    try:
        agent_reply(
            conversation_id=conversation.pk,
            actor=_user(request),
            key=key,
            seen_seq=seen,
            text=text,
        )
    except ConversationError as error:
        if not isinstance(error, InvalidText):
            draft_save(conversation_id=conversation.pk, actor=_user(request), key=key, text=text)
        conversation = conversation_or_404(conversation_id)  # as it is now
        missed = (
            said_after(conversation=conversation, seq=seen)
            if isinstance(error, errors.SomethingNew)
            else []
        )
        return desk_answer(
            request,
            conversation,
            Writing(text=text, key=key, refusal=refusal_text(error), missed=missed),
        )
    if request.htmx:  # type: ignore[attr-defined]
        return desk_answer(request, conversation_or_404(conversation_id))
    return redirect("console:conversation", conversation_id=conversation_id)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def draft(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Keep what is being written, and show how it would arrive."""
    conversation = conversation_or_404(conversation_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    text, refusal = form.cleaned_data["text"], ""
    try:
        draft_save(
            conversation_id=conversation.pk,
            actor=_user(request),
            key=form.cleaned_data["key"],
            text=text,
        )
    except InvalidText as error:
        refusal = refusal_text(error)
    context = {
        "conversation": conversation,
        "preview": preview(conversation, text),
        "refusal": refusal,
        "is_kept": not refusal,
    }
    return render(request, "intake/parts/preview.html", context)


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def template(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Put a template's words behind what is written already."""
    conversation = conversation_or_404(conversation_id)
    form = DraftForm(request.POST)
    wanted = request.POST.get("suggested") or request.POST.get("template", "")
    chosen = next((one for one in templates_for(conversation) if str(one.pk) == wanted), None)
    if not form.is_valid():
        return HttpResponse(status=400)
    text, key = form.cleaned_data["text"], form.cleaned_data["key"]
    if chosen is None:
        refusal = "Choisissez d’abord une réponse type."
        return desk_answer(request, conversation, Writing(text=text, key=key, refusal=refusal))
    filled = filled_template(_user(request), conversation, chosen.text)
    text = f"{text.rstrip()}\n\n{filled}" if text.strip() else filled
    refusal = ""
    try:
        draft_save(conversation_id=conversation.pk, actor=_user(request), key=key, text=text)
    except InvalidText as error:
        refusal = refusal_text(error)
    return desk_answer(request, conversation, Writing(text=text, key=key, refusal=refusal))


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
@access.needs(access.ANSWER_CONVERSATIONS)
def note(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Tell colleagues something that the citizen never reads."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    named = named_in(form.cleaned_data["text"], author=_user(request))
    told = ", ".join(agent_name(one) for one in named.users)
    done = f"Note ajoutée. Prévenu : {told}." if told else _NOTED
    answer = _act(
        request,
        conversation_id,
        lambda: note_add(
            conversation_id=conversation_id,
            actor=_user(request),
            key=form.cleaned_data["key"],
            text=form.cleaned_data["text"],
        ),
        done,
    )
    if named.unknown:
        unknown = ", ".join(named.unknown)
        messages.warning(request, f"Aucun collègue n’a ce compte : {unknown}.")
    return answer


@require_POST
@access.needs(access.VIEW_CONVERSATIONS)
def presence(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """I am here, and perhaps write; answers who else is."""
    conversation = conversation_or_404(conversation_id)
    viewer_note(
        conversation_id=conversation.pk,
        user=_user(request),
        is_typing=request.POST.get("typing") == "1",
        is_active=request.POST.get("active") == "1",
    )
    viewers = viewers_of(conversation_id=conversation.pk, beside=_user(request))
    return render(request, "intake/parts/presence.html", {"viewers": viewers})


@require_safe
@access.needs(access.VIEW_CONVERSATIONS)
def person(request: HttpRequest, conversation_id: UUID) -> HttpResponse:
    """Everything that was said with this person, on every channel, in one order."""
    conversation = conversation_or_404(conversation_id)
    resident = conversation.contact_point.resident
    if resident is None:
        said = selectors.newest_messages(conversation=conversation, limit=HISTORY_SHOWN)
    else:
        said = history_of(residents=residents_same(resident_id=resident.pk), limit=HISTORY_SHOWN)
    context = {"conversation": conversation, "said": said, "limit": HISTORY_SHOWN}
    return render(request, "intake/person.html", context)


def refusal_text(error: ConversationError) -> str:
    """What an agent reads of a refusal."""
    if isinstance(error, errors.HeldBy):
        return f"{error.holder.get_full_name() or error.holder.get_username()} l’a déjà."
    if isinstance(error, errors.VariableLeft):
        return f"Complétez « {error.name} » avant d’envoyer."
    return _REFUSALS[error.code]


def _act(
    request: HttpRequest, conversation_id: UUID, act: Callable[[], Any], done: str
) -> HttpResponse:
    """Do it and say so, or say why not; the page follows either way."""
    conversation_or_404(conversation_id)
    try:
        act()
    except ConversationError as error:
        messages.warning(request, refusal_text(error))
    else:
        messages.success(request, done)
    return redirect("console:conversation", conversation_id=conversation_id)


def desk_answer(
    request: HttpRequest, conversation: Conversation, writing: Writing | None = None
) -> HttpResponse:
    """The part for htmx; without it the whole page, refused where something was."""
    if request.htmx:  # type: ignore[attr-defined]
        context = desk_context(_user(request), conversation, writing)
        return render(request, "intake/parts/desk.html", context)
    status = 409 if writing is not None and writing.refusal else 200
    context = page_context(request, conversation, writing)
    return render(request, "intake/conversation.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def conversation_or_404(conversation_id: UUID) -> Conversation:
    """The conversation; raises ``Http404``."""
    conversation = selectors.conversation_find(conversation_id=conversation_id)
    if conversation is None:
        raise Http404
    return conversation
