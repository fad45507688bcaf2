"""`/console/calls/`: who waits, who is to be called, and everything said so far by one of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.calls import callbacks, calling, ports, selectors
from agent_console.calls.desk import desk_phone, desk_phone_set, rings_in_page
from agent_console.calls.errors import CallError
from agent_console.calls.models import Call, CallBack
from agent_console.calls.workflow import CallBackState
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.numbers import readable
from agent_console.citizens.services import contact_address
from agent_console.conversations.desk.selectors import entries_between
from agent_console.conversations.models import Conversation
from agent_console.intake import access as console_access
from agent_console.intake.selectors import newest_messages
from agent_console.intake.views.numbers import number_revealed
from agent_console.staff.auditing import audit_look
from agent_console.staff.models import Act

from .access import CHANGE_ANNOUNCEMENTS, TAKE_CALLS
from .forms import DeskPhoneForm
from .talk_context import RINGS, state_of

_ENDED_SHOWN, _HALF_MADE_SHOWN = 20, 20
_HALF_MADE_SINCE = timedelta(days=3)  # as long as the assistant keeps it
_MESSAGES_SHOWN = 100
# What an operator may press on a call-back: (service, what is said afterwards).
_ACTS: dict[str, tuple[Callable[[UUID, User], object], str]] = {
    "claim": (
        lambda pk, user: callbacks.call_back_claim(call_back_id=pk, actor=user),
        "Vous vous en occupez.",
    ),
    "dial": (
        lambda pk, user: callbacks.call_back_dial(call_back_id=pk, actor=user),
        RINGS,
    ),
    "release": (
        lambda pk, user: callbacks.call_back_release(call_back_id=pk, actor=user),
        "Le rappel est de nouveau dans la liste.",
    ),
    "done": (
        lambda pk, user: callbacks.call_back_finish(call_back_id=pk, actor=user, was_reached=True),
        "C’est noté : la personne a été rappelée.",
    ),
    "unreached": (
        lambda pk, user: callbacks.call_back_finish(call_back_id=pk, actor=user, was_reached=False),
        "C’est noté : la personne est injoignable.",
    ),
    "reopen": (
        lambda pk, user: callbacks.call_back_reopen(call_back_id=pk, actor=user),
        "Le rappel est de nouveau dans la liste.",
    ),
}


@require_safe
@console_access.needs(TAKE_CALLS, CHANGE_ANNOUNCEMENTS)
def home(request: HttpRequest) -> HttpResponse:
    """The lists, and the telephone of whoever looks at them."""
    phone = desk_phone(user_id=_user(request).pk)
    form = DeskPhoneForm(initial={"number": readable(phone) if phone else ""})
    return _page(request, "home", _lists() | _own_phone(request) | {"form": form})


@require_safe
@console_access.needs(TAKE_CALLS, CHANGE_ANNOUNCEMENTS)
def lists_part(request: HttpRequest) -> HttpResponse:
    """The lists alone."""
    return render(request, "phone_desk/parts/lists.html", _lists())


@require_POST
@console_access.needs(TAKE_CALLS)
def phone(request: HttpRequest) -> HttpResponse:
    """Where this operator answers."""
    form = DeskPhoneForm(request.POST)
    if form.is_valid():
        try:
            desk_phone_set(user=_user(request), number=form.cleaned_data["number"])
        except CallError as refused:
            form.add_error("number", refused.message)
        else:
            messages.success(request, "C’est noté : ce poste sonnera.")
            return redirect("calls:home")
    context = _lists() | _own_phone(request) | {"form": form}
    return _page(request, "home", context, status=422)


@require_safe
@console_access.needs(TAKE_CALLS)
def call_page(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """The screen-pop: everything said so far by who is on the line."""
    call = _call(call_id)
    _look(request, Act.CALL, call.pk, call.conversation)
    return _page(request, "call", state_of(call, request) | _said(call.conversation))


@require_safe
@console_access.needs(TAKE_CALLS)
def call_part(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """A call's state and buttons alone."""
    return render(request, "phone_desk/parts/call_state.html", state_of(_call(call_id), request))


@require_POST
@console_access.needs(TAKE_CALLS)
def take(request: HttpRequest, call_id: UUID) -> HttpResponse:
    """Have one's own telephone ring; a colleague who was faster stays named."""
    _call(call_id)
    try:
        calling.call_take(call_id=call_id, actor=_user(request))
    except CallError as refused:
        messages.error(request, refused.message)
        return redirect("calls:home")
    messages.success(request, RINGS)
    return redirect("calls:call", call_id=call_id)


@require_POST
@console_access.needs(TAKE_CALLS)
def take_next(request: HttpRequest) -> HttpResponse:
    """Take who waits longest."""
    try:
        taken = calling.call_take_next(actor=_user(request))
    except CallError as refused:
        messages.error(request, refused.message)
        return redirect("calls:home")
    if taken is None:
        messages.info(request, "Personne n’attend.")
        return redirect("calls:home")
    messages.success(request, RINGS)
    return redirect("calls:call", call_id=taken.pk)


@require_safe
@console_access.needs(TAKE_CALLS)
def call_back_page(request: HttpRequest, call_back_id: UUID) -> HttpResponse:
    """Who is to be called, why, and everything said before."""
    row = _call_back(call_back_id)
    _look(request, Act.CALL, row.pk, row.conversation)
    return _page(request, "call_back", _call_back_context(row) | _said(row.conversation))


@require_safe
@console_access.needs(TAKE_CALLS)
def call_back_part(request: HttpRequest, call_back_id: UUID) -> HttpResponse:
    """A call-back's state, buttons and history alone."""
    context = _call_back_context(_call_back(call_back_id))
    return render(request, "phone_desk/parts/call_back_state.html", context)


@never_cache
@require_POST
@console_access.needs(TAKE_CALLS)
def call_back_number(request: HttpRequest, call_back_id: UUID) -> HttpResponse:
    """The whole number, to who asks for it; that is written down."""
    row = _call_back(call_back_id)
    _look(request, Act.NUMBER, row.pk, row.conversation)
    return number_revealed(request, number=_number(row))


@require_POST
@console_access.needs(TAKE_CALLS)
def act(request: HttpRequest, call_back_id: UUID, name: str) -> HttpResponse:
    """One step of a call-back."""
    if name not in _ACTS:
        raise Http404
    _call_back(call_back_id)
    do, done = _ACTS[name]
    try:
        do(call_back_id, _user(request))
    except CallError as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("calls:call-back", call_back_id=call_back_id)


def _own_phone(request: HttpRequest) -> dict[str, Any]:
    user_id = _user(request).pk
    return {
        "is_on": ports.is_on(),
        "desk_phone": desk_phone(user_id=user_id),
        "in_page": rings_in_page(user_id=user_id),
        "can_ring_page": ports.telephone().page_token(user_id=user_id) is not None,
    }


def _lists() -> dict[str, Any]:
    waiting = list(selectors.calls_waiting())
    return {
        "offered": list(selectors.legs_offered()),
        "now": timezone.now(),
        "is_open": selectors.desk_is_open(),
        "announcements": list(selectors.announcements_now()),
        "waiting": waiting,
        "newest_call": waiting[-1].pk if waiting else "",
        "connected": list(selectors.calls_connected()),
        "open": list(selectors.call_backs_open()),
        "ended": list(selectors.call_backs_ended(limit=_ENDED_SHOWN)),
        "half_made": list(
            selectors.calls_half_made(since=_HALF_MADE_SINCE, limit=_HALF_MADE_SHOWN)
        ),
    }


def _call_back_context(row: CallBack) -> dict[str, Any]:
    return {
        "row": row,
        "number": _number(row),
        "is_claimed": row.state == CallBackState.CLAIMED,
        "is_waiting": row.state == CallBackState.WAITING,
        "may_reopen": row.state in (CallBackState.DONE, CallBackState.UNREACHED),
    }


def _number(row: CallBack) -> str:
    """As people read it; empty when there is none any more, or its key is gone."""
    try:
        number = contact_address(row.contact_point)
    except AddressInvalid:
        return ""
    return readable(number) if number else ""


def _said(conversation: Conversation | None) -> dict[str, Any]:
    """The timeline, as the conversation's own page shows it."""
    if conversation is None:
        return {"conversation": None, "timeline": []}
    shown = newest_messages(conversation=conversation, limit=_MESSAGES_SHOWN)
    first_seq = shown[0].seq if shown else 0
    margins = entries_between(conversation=conversation, first_seq=first_seq)
    return {
        "conversation": conversation,
        "timeline": [(message, margins.get(message.seq, [])) for message in shown],
        "earlier_count": conversation.last_seq - len(shown),
    }


def _call(call_id: UUID) -> Call:
    found = selectors.call_found(call_id=call_id)
    if found is None:
        raise Http404
    return found


def _call_back(call_back_id: UUID) -> CallBack:
    found = selectors.call_back_found(call_back_id=call_back_id)
    if found is None:
        raise Http404
    return found


def _look(request: HttpRequest, act: Act, pk: UUID, conversation: Conversation | None) -> None:
    resident_id = conversation.contact_point.resident_id if conversation else None
    audit_look(actor=_user(request), act=act, subject=str(pk), resident_id=resident_id)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    given = {"section": "telephone"} | context
    return render(request, f"phone_desk/{name}.html", given, status=status)
