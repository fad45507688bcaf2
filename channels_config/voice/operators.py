"""From the assistant to a person: the queue while somebody answers, else a call later."""

from __future__ import annotations

from django.conf import settings
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.callbacks import CallBackWish, call_back_request
from agent_console.calls.calling import call_leave, call_queue
from agent_console.calls.errors import PhoneInvalid, PhoneMissing
from agent_console.calls.models import Call, CallBackReason, RecordingAnswer
from agent_console.calls.selectors import Wait, desk_is_open, waits
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_address
from agent_console.opening.selectors import desk_hours
from agent_console.opening.words import week_words

from . import limits
from .speech import spoken_hours, spoken_moment, spoken_phone
from .twiml import address, ask, enqueue, say, text

_YES_OR_NO = ("oui", "non", "rappelez-moi", "patienter", "continuer")


def to_operators(call: Call, *before: str, reason: CallBackReason) -> VoiceResponse:
    """Hold the line for a person, or be called: when nobody is there, or the wait would be long."""
    if not desk_is_open():
        return offer(call, *before, reason=CallBackReason.CLOSED)
    if waits().is_long:
        return offer(call, *before, reason=CallBackReason.LONG_WAIT)
    return hold(call, *before)


def hold(call: Call, *before: str) -> VoiceResponse:
    """Into the queue; where talks are recorded, that is said first, with a key to refuse."""
    response = VoiceResponse()
    if settings.VOICE_RECORDING and call.recording == RecordingAnswer.NOT_ASKED:
        ask(
            response,
            *before,
            text("recording"),
            action=address("recording"),
            keys=1,
            hints=("non",),
        )
        return response
    call_queue(call_id=call.pk)
    say(response, *before, text("transfer"))
    enqueue(response)
    return response


def offer(call: Call, *before: str, reason: CallBackReason, missed: int = 0) -> VoiceResponse:
    """A call later: key 1; key 2 waits nevertheless, or goes back to the assistant."""
    name = f"offer_{reason}" if missed == 0 else f"offer_again_{missed}"
    known = {CallBackReason.CLOSED, CallBackReason.LONG_WAIT}
    if missed == 0 and reason not in known:
        name = "offer_nobody"
    words = text(name, hours=spoken_hours(week_words(desk_hours())))
    response = VoiceResponse()
    action = address("offer", reason=reason, missed=missed)
    ask(response, *before, words, action=action, keys=1, hints=_YES_OR_NO)
    return response


def call_later(
    call: Call, *, reason: CallBackReason, number: str = "", missed: int = 0
) -> VoiceResponse:
    """Note that they are to be called; asks for a number where theirs is withheld."""
    response = VoiceResponse()
    try:
        made = call_back_request(
            request_key=f"call:{call.pk}:{number}" if number else f"call:{call.pk}:own",
            wish=CallBackWish(
                channel=ChannelCode.VOICE,
                reason=reason,
                conversation=call.conversation,
                phone=number,
            ),
        )
    except (PhoneMissing, PhoneInvalid) as refused:
        if missed >= limits.MISSED_MAX:
            return farewell(text("no_number"))
        name = "number_wrong" if isinstance(refused, PhoneInvalid) else "number"
        action = address("number", reason=reason, missed=missed + 1)
        ask(response, text(name), action=action, hints=())
        return response
    call_leave(call_id=call.pk)
    phone = contact_address(made.contact_point) or ""
    noted = text("noted", phone=spoken_phone(phone), at=spoken_moment(made.call_from))
    return farewell(noted, text("goodbye"))


def farewell(*sentences: str) -> VoiceResponse:
    """Say it and hang up."""
    response = VoiceResponse()
    say(response, *sentences)
    response.hangup()
    return response


def place(wait: Wait) -> str:
    """Where somebody stands in the queue and for how long, as far as that is known."""
    minutes = None
    if wait.expected is not None:
        minutes = max(1, round(wait.expected.total_seconds() / 60))
    return text("place", position=wait.position, minutes=minutes)
