"""The call begins, the caller says something, the assistant's answer is picked up.

What a caller said is stored by its call and step and acknowledged at once, before anybody thinks
about it; the answer is waited for at another address.  Both may be asked again, by Twilio or after
a process died: a step is stored once, and what was answered to it is said again.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from django.http import HttpRequest, HttpResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.calling import call_advance, call_open
from agent_console.calls.models import Call, CallBackReason
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at, contact_of_call
from agent_console.conversations.errors import InvalidText
from agent_console.conversations.models import Message, Turn, TurnState
from agent_console.conversations.receiving import Incoming, receive
from agent_console.conversations.selectors import (
    message_known,
    offered_choices,
    said_after,
    sender_is_blocked,
    turn_of,
)
from channels_config.kit.choices import choice_meant
from channels_config.kit.twilio.signed import verified_form
from channels_config.kit.webhooks import Refused, refusal
from service_kit.logs import get_logger
from service_kit.threads import in_database_thread

from .. import config, limits, parse, talk
from ..guard import call_of, webhook
from ..operators import farewell, to_operators
from ..twiml import answer as answered
from ..twiml import go, say, text
from ..waiting import until_said

logger = get_logger(__name__)
_PERSON_KEY, _AGAIN_KEY = "0", "*"
_CONFIDENCE_MIN = 0.2  # below, what Twilio heard is noise; models that say none say 0
_PACE_S = 1


@webhook
def incoming(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """Somebody calls: greeted at once, unless they are not listened to."""
    call_in = parse.call_in(form)
    contact_point = _caller(call_in)
    blocked = sender_is_blocked(contact_point=contact_point)
    if blocked or not limits.FLOOD.passes(bytes(contact_point.key_digest)):
        code = "sender_blocked" if blocked else "sender_floods"
        logger.info("call refused", extra={"channel": "voice", "code": code})
        response = VoiceResponse()
        response.reject(reason="rejected" if blocked else "busy")
        return response
    return talk.greeting(call_open(provider_id=call_in.sid, contact_point=contact_point))


@webhook
def turn(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """The caller spoke, pressed, or did neither."""
    call, heard = call_of(form), parse.heard_in(form)
    step, told, missed = (parse.number_asked(request, name) for name in ("step", "heard", "missed"))
    call_advance(call_id=call.pk, step=call.step, heard_seq=told)
    if heard.keys == _PERSON_KEY:
        return to_operators(call, reason=CallBackReason.NOBODY)
    if heard.keys == _AGAIN_KEY:
        return talk.once_more(call, step=step, heard=told, missed=missed)
    if heard.is_nothing or _is_noise(form, heard):
        return _missed(call, heard, step=step, told=told, missed=missed + 1)
    contact_point = call.conversation.contact_point
    try:
        message = receive(
            contact_point=contact_point,
            incoming=Incoming(
                external_id=_external_id(call, step),
                text=heard.text,
                choice=choice_meant(heard.text, offered_choices(contact_point=contact_point)),
            ),
        )
    except InvalidText as refused:
        logger.info("message refused", extra={"code": refused.code})
        return _missed(call, heard, step=step, told=told, missed=missed + 1)
    call_advance(call_id=call.pk, step=step, heard_seq=told)
    response = VoiceResponse()
    if message is None:  # blocked meanwhile
        response.hangup()
    else:
        go(response, "answer", step=step, heard=told, missed=missed, tries=0)
    return response


@csrf_exempt
@require_POST
async def answer(request: HttpRequest) -> HttpResponse:
    """The assistant's answer to a step, when it comes in time; else some words, and again."""
    try:
        form = verified_form(request, is_on=config.is_on())
        asked = await in_database_thread(_asked)(request, form)
    except Refused as refused:
        return refusal("voice", refused)
    found = await until_said(
        partial(_found, asked),
        conversation_id=asked.call.conversation_id,
        wait_s=limits.ANSWER_WAIT_S,
    )
    return answered(await in_database_thread(_said)(asked, found))


@webhook
def fallback(request: HttpRequest, form: QueryDict) -> VoiceResponse:
    """We did not answer in time, or with an error: the call goes on where it was."""
    call_in = parse.call_in(form)
    call = call_open(provider_id=call_in.sid, contact_point=_caller(call_in))
    known = _message(call, call.step)
    if known is None:
        return talk.greeting(call)
    response = VoiceResponse()
    say(response, text("sorry"))
    go(response, "answer", step=call.step, heard=call.heard_seq, missed=0, tries=0)
    return response


@dataclass(frozen=True)
class _Asked:
    """The answer to which step is waited for, and how often it was already."""

    call: Call
    message: Message
    step: int
    heard: int
    missed: int
    tries: int


@dataclass(frozen=True)
class _Found:
    turn: Turn | None
    messages: list[Message]


def _asked(request: HttpRequest, form: QueryDict) -> _Asked:
    call = call_of(form)
    step, heard, missed, tries = (
        parse.number_asked(request, name) for name in ("step", "heard", "missed", "tries")
    )
    message = _message(call, step)
    if message is None:
        raise Refused(400, "step_unknown")
    return _Asked(call, message, step, heard, missed, tries)


def _found(asked: _Asked) -> _Found | None:
    """What was answered; nothing while the assistant thinks, or an agent has not written yet."""
    turn = turn_of(message=asked.message)
    messages = said_after(conversation_id=asked.call.conversation_id, seq=asked.heard)
    if turn is None or turn.state == TurnState.DISCARDED:
        return _Found(None, messages) if messages else None
    return None if turn.state == TurnState.WAITING else _Found(turn, messages)


def _said(asked: _Asked, found: _Found | None) -> VoiceResponse:
    call = asked.call
    if found is None:
        return _a_moment(asked)
    if talk.is_for_a_person(found.turn):
        return to_operators(call, reason=CallBackReason.NOBODY)
    missed = asked.missed + 1 if talk.is_not_understood(found.turn) else 0
    if missed >= limits.MISSED_MAX:
        return to_operators(call, text("to_person"), reason=CallBackReason.NOT_UNDERSTOOD)
    if talk.is_goodbye(found.turn):
        return farewell(*talk.sentences(found.messages))
    return talk.replied(call, found.turn, found.messages, step=asked.step, missed=missed)


def _a_moment(asked: _Asked) -> VoiceResponse:
    if asked.tries + 1 >= limits.ANSWER_TRIES:
        return to_operators(asked.call, text("late"), reason=CallBackReason.NOBODY)
    response = VoiceResponse()
    say(response, text("moment" if asked.tries == 0 else "moment_again"))
    response.pause(length=_PACE_S)
    go(
        response,
        "answer",
        step=asked.step,
        heard=asked.heard,
        missed=asked.missed,
        tries=asked.tries + 1,
    )
    return response


def _missed(call: Call, heard: parse.Heard, *, step: int, told: int, missed: int) -> VoiceResponse:
    """Other words each time, at most three times; a silence after all was done ends the call."""
    if heard.is_nothing and not talk.is_something_open(call):
        if missed > 1:
            return farewell(text("goodbye"))
        return talk.once_more(
            call, text("anything_else"), step=step, heard=told, missed=missed, is_short=True
        )
    if missed >= limits.MISSED_MAX:
        return to_operators(call, text("to_person"), reason=CallBackReason.NOT_UNDERSTOOD)
    words = text(f"{'silence' if heard.is_nothing else 'noise'}_{missed}")
    return talk.once_more(call, words, step=step, heard=told, missed=missed, is_short=missed > 1)


def _is_noise(form: QueryDict, heard: parse.Heard) -> bool:
    try:
        confidence = float(form.get("Confidence") or 0)
    except ValueError:
        return False
    return not heard.keys and 0 < confidence < _CONFIDENCE_MIN


def _caller(call_in: parse.CallIn) -> ContactPoint:
    """Who calls; a withheld or odd number is nobody known, in this call only."""
    if call_in.number:
        try:
            return contact_at(kind=ChannelCode.VOICE, address=call_in.number)
        except AddressInvalid:
            logger.info("caller has no number", extra={"channel": "voice", "code": "phone_invalid"})
    return contact_of_call(call=call_in.sid)


def _external_id(call: Call, step: int) -> str:
    return f"twilio:{call.provider_id}:{step}"


def _message(call: Call, step: int) -> Message | None:
    return message_known(channel=ChannelCode.VOICE, external_id=_external_id(call, step))
