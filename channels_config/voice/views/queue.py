"""Holding the line: recording announced, place and wait said, left for a call later."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.calling import call_leave, call_recording
from agent_console.calls.models import CallBackReason
from agent_console.calls.selectors import waits
from agent_console.calls.workflow import CallState
from channels_config.kit.webhooks import Refused
from channels_config.kit.words import folded

from .. import limits, parse, talk
from ..guard import call_of, webhook
from ..operators import call_later, farewell, hold, offer, place
from ..twiml import address, ask, go, text

_CALL_ME, _OTHERWISE, _REFUSE = "1", "2", "9"
_YES = frozenset({"oui", "un", "d accord", "ok", "volontiers", "je veux bien"})
_NO = frozenset({"non", "deux", "patienter", "continuer"})
_PAUSE_S = 12
_FAILED = frozenset({"error", "system-error", "queue-full"})


@webhook
def recording(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Key 9 or "non" refuses; then into the queue either way."""
    call, heard = call_of(form), parse.heard_in(form)
    refused = heard.keys == _REFUSE or folded(heard.words).split(" ")[0] in ("non", "refuse")
    call_recording(call_id=call.pk, accepted=not refused)
    return hold(call_of(form))


@webhook
def wait(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """While they wait: where they stand, and what they may do instead."""
    call = call_of(form)
    response = VoiceResponse()
    words = text("wait")
    action = address("wait-key")
    ask(response, place(waits(call=call)), words, action=action, keys=1, hints=("rappelez-moi",))
    return response


@webhook
def wait_key(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Key 1 leaves the queue; anything else waits on."""
    heard = parse.heard_in(form)
    response = VoiceResponse()
    if heard.keys == _CALL_ME or "rappel" in folded(heard.words) or folded(heard.words) in _YES:
        response.leave()
        return response
    response.pause(length=_PAUSE_S)
    go(response, "wait")
    return response


@webhook
def left(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Out of the queue: by key 1, by an operator (another document goes on), or by a fault."""
    call, how = call_of(form), parse.said_of(form, "QueueResult")
    if how == "leave":
        return call_later(call, reason=CallBackReason.LONG_WAIT)
    if how in _FAILED:
        call_leave(call_id=call.pk)
        return offer(call, reason=CallBackReason.NOBODY)
    if how == "bridged":
        return farewell(text("goodbye"))
    return VoiceResponse()  # hung up, or redirected: this answer is not read


@webhook
def offered(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Yes, no, or nothing, to being called later."""
    call, heard = call_of(form), parse.heard_in(form)
    reason, missed = _reason(request), parse.number_asked(request, "missed")
    words = folded(heard.words)
    if heard.keys == _CALL_ME or words in _YES or "rappel" in words:
        return call_later(call, reason=reason)
    if heard.keys == _OTHERWISE or words.split(" ")[0] in _NO:
        if reason == CallBackReason.LONG_WAIT:
            return hold(call)
        if call.state == CallState.WAITING:
            call_leave(call_id=call.pk)
        return talk.once_more(
            call, text("back"), step=call.step + 1, heard=call.heard_seq, missed=0
        )
    if missed + 1 >= limits.MISSED_MAX:
        return farewell(text("goodbye"))
    return offer(call, reason=reason, missed=missed + 1)


@webhook
def number(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The number at which somebody with a withheld one wants to be called."""
    call, heard = call_of(form), parse.heard_in(form)
    missed = parse.number_asked(request, "missed")
    digits = "".join(sign for sign in heard.text if sign.isdecimal())[:16]
    return call_later(call, reason=_reason(request), number=digits, missed=missed)


def _reason(request: HttpRequest) -> CallBackReason:
    try:
        return CallBackReason(request.GET.get("reason", ""))
    except ValueError as error:
        raise Refused(400, "address_malformed") from error
