"""One step of a talk: hold, consult, pass on, interpret; and taking up what a colleague offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from agent_console.calls import selectors, talking
from agent_console.calls.errors import CallError, ColleagueCannotAnswer, InterpreterGone
from agent_console.calls.models import Leg
from agent_console.intake import access as console_access

from .access import TAKE_CALLS
from .talk_context import RINGS, state_of

type _Act = Callable[[UUID, User, QueryDict], object]


def _consult(call_id: UUID, user: User, form: QueryDict) -> object:
    asked = form.get("colleague", "")
    if not asked:
        return talking.call_consult(call_id=call_id, actor=user, colleague=None)
    colleague = User.objects.filter(pk=asked).first() if asked.isdecimal() else None
    if colleague is None:
        raise ColleagueCannotAnswer
    return talking.call_consult(call_id=call_id, actor=user, colleague=colleague)


def _interpret(call_id: UUID, user: User, form: QueryDict) -> object:
    asked = form.get("interpreter", "")
    if not asked.isdecimal():
        raise InterpreterGone
    return talking.call_interpret(call_id=call_id, actor=user, interpreter_id=int(asked))


_ACTS: dict[str, _Act] = {
    "hold": lambda pk, user, form: talking.call_hold(call_id=pk, actor=user, is_on=True),
    "resume": lambda pk, user, form: talking.call_hold(call_id=pk, actor=user, is_on=False),
    "consult": _consult,
    "pass-on": lambda pk, user, form: talking.call_pass_on(call_id=pk, actor=user),
    "take-back": lambda pk, user, form: talking.call_take_back(call_id=pk, actor=user),
    "interpret": _interpret,
    "interpret-end": lambda pk, user, form: talking.call_interpret_end(call_id=pk, actor=user),
}


@require_POST
@console_access.needs(TAKE_CALLS)
def act(request: HttpRequest, call_id: UUID, name: str) -> HttpResponse:
    """Do it.  A page that only wants the part gets it, with why it was refused."""
    if name not in _ACTS or selectors.call_found(call_id=call_id) is None:
        raise Http404
    refused = ""
    try:
        _ACTS[name](call_id, cast(User, request.user), request.POST)
    except CallError as error:
        refused = error.message
    if not request.headers.get("HX-Request"):
        if refused:
            messages.error(request, refused)
        return redirect("calls:call", call_id=call_id)
    call = selectors.call_found(call_id=call_id)
    if call is None:
        raise Http404
    context = state_of(call, request) | {"refused": refused}
    return render(request, "phone_desk/parts/call_state.html", context)


@require_POST
@console_access.needs(TAKE_CALLS)
def claim(request: HttpRequest, leg_id: UUID) -> HttpResponse:
    """Have one's own telephone ring for a call that a colleague wants to pass on."""
    try:
        leg = talking.leg_claim(leg_id=leg_id, actor=cast(User, request.user))
    except Leg.DoesNotExist as error:
        raise Http404 from error
    except CallError as refused:
        messages.error(request, refused.message)
        return redirect("calls:home")
    messages.success(request, RINGS)
    return redirect("calls:call", call_id=leg.call_id)
