"""A call's room: the caller comes, somebody's telephone is picked up and joins, the room speaks."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.calling import call_in_room, call_room
from agent_console.calls.legs import leg_answered, leg_ended, leg_found, leg_known
from agent_console.calls.models import Call, Leg, LegRole, RecordingAnswer
from agent_console.calls.selectors import call_found
from agent_console.calls.settling import hold_told
from agent_console.calls.workflow import CallState
from channels_config.kit.webhooks import Refused

from .. import parse
from ..guard import call_of, webhook
from ..operators import farewell, hold
from ..twiml import address, ask, go, join, say, text

_HELD_PAUSE_S = 20


@webhook
def bridge(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The caller left the queue for the room where an operator waits for them."""
    call, take = call_of(form), parse.number_asked(request, "take")
    if not call_in_room(call_id=call.pk, take=take):
        return hold(call, text("not_answered"))
    response = VoiceResponse()
    join(response, call, action=address("dialled"), ends_room=True)
    return response


@webhook
def dialled(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The room closed for the caller: the operator hung up."""
    call = call_of(form)
    if call.state == CallState.WAITING:
        return hold(call, text("not_answered"))
    return farewell(text("goodbye"))


@webhook
def leg(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Somebody's telephone was picked up.  On a page a person pressed; elsewhere a key says so, so
    that no answering machine talks to the caller."""
    found = _leg(request)
    if parse.is_page(form):
        return _joined(found, form)
    response = VoiceResponse()
    words = text(
        f"whisper_{found.role}",
        recorded=found.call.recording == RecordingAnswer.ACCEPTED,
        language=found.interpreter.language if found.interpreter else "",
    )
    ask(response, words, action=address("leg-key", leg=found.pk), keys=1, hints=("oui",))
    return response


@webhook
def leg_key(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The key: from here on they are in the room."""
    found = _leg(request)
    if parse.is_yes(form):
        return _joined(found, form)
    response = VoiceResponse()
    response.hangup()
    return response


@webhook
def leg_left(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The room closed, or they were let go: nothing more is said."""
    _leg(request)
    response = VoiceResponse()
    response.hangup()
    return response


@webhook
def leg_status(request: HttpRequest, form: QueryDict) -> None:
    """Their telephone begins to ring, or is done."""
    found, call = _leg(request), parse.call_in(form)
    is_its_own = leg_known(leg_id=found.pk, provider_id=call.sid)
    if is_its_own and call.status in parse.ENDED:
        leg_ended(leg_id=found.pk, how=call.status)


@webhook
def held(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """What somebody who is held hears, again and again."""
    response = VoiceResponse()
    say(response, text("held"))
    response.pause(length=_HELD_PAUSE_S)
    go(response, "held")
    return response


@webhook
def room(request: HttpRequest, form: QueryDict) -> None:
    """The room's own words (https://www.twilio.com/docs/voice/twiml/conference#statuscallback)."""
    call = _call(request)
    call_room(call_id=call.pk, room_id=parse.room_in(form))
    event = parse.said_of(form, "StatusCallbackEvent")
    is_caller = form.get("CallSid", "") == call.provider_id
    if is_caller and event in ("participant-hold", "participant-unhold"):
        hold_told(call_id=call.pk, is_on=event == "participant-hold")


def _joined(found: Leg, form: QueryDict) -> VoiceResponse:
    response = VoiceResponse()
    if leg_answered(leg_id=found.pk, provider_id=parse.call_in(form).sid):
        ends_room = found.role == LegRole.OPERATOR
        join(response, found.call, action=address("leg-left", leg=found.pk), ends_room=ends_room)
    else:
        response.hangup()
    return response


def _leg(request: HttpRequest) -> Leg:
    found = leg_found(leg_id=parse.id_asked(request, "leg"))
    if found is None:
        raise Refused(400, "leg_unknown")
    return found


def _call(request: HttpRequest) -> Call:
    found = call_found(call_id=parse.id_asked(request, "call"))
    if found is None:
        raise Refused(400, "call_unknown")
    return found
