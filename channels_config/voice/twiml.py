"""TwiML, by Twilio's own classes: every Say and Gather in French, every question takes both
speech and keys."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from twilio.twiml.voice_response import Dial, Enqueue, Gather, VoiceResponse

from agent_console.calls.models import Call, RecordingAnswer
from agent_console.calls.selectors import speech_hints

from . import config, limits

QUEUE = "conseillers"


def text(name: str, **context: object) -> str:
    """``voice/<name>.txt``, filled in."""
    return " ".join(render_to_string(f"voice/{name}.txt", context).split())


def address(name: str, **query: object) -> str:
    """One of our addresses with what Twilio is to bring back; it is signed with them.

    Absolute: Twilio then calls exactly what the signature is checked against.
    """
    path = settings.PUBLIC_BASE_URL + reverse(f"voice:{name}")
    return f"{path}?{urlencode(query)}" if query else path


def answer(response: VoiceResponse) -> HttpResponse:
    """The document as an answer to Twilio."""
    return HttpResponse(str(response), content_type="text/xml")


def say(response: VoiceResponse | Gather, *sentences: str) -> None:
    """Say each of them, in our voice."""
    for sentence in sentences:
        if sentence:
            response.say(sentence, language=config.LANGUAGE, voice=settings.VOICE_NAME or None)


def ask(
    response: VoiceResponse,
    *sentences: str,
    action: str,
    keys: int | None = None,
    hints: Sequence[str] | None = None,
) -> None:
    """Ask, and listen: the caller may speak or press keys, also while we speak (barge-in).

    ``keys``: how many are expected; with one, it is heard at once, otherwise # ends them.  Silence
    calls ``action`` too.
    """
    expected = speech_hints() if hints is None else hints
    gather = Gather(
        input="dtmf speech",
        language=config.LANGUAGE,
        speech_model=settings.VOICE_SPEECH_MODEL or None,
        hints=_hints(expected),
        barge_in=True,
        action_on_empty_result=True,
        timeout=limits.SILENCE_S if keys == 1 else limits.KEYS_S,
        speech_timeout=limits.PAUSE_IN_SPEECH_S,
        num_digits=keys,
        finish_on_key=None if keys == 1 else "#",
        action=action,
        method="POST",
    )
    say(gather, *sentences)
    response.append(gather)


def go(response: VoiceResponse, name: str, **query: object) -> None:
    """Continue at one of our addresses."""
    response.redirect(address(name, **query), method="POST")


def enqueue(response: VoiceResponse) -> None:
    """Hold the line for an operator."""
    response.append(
        Enqueue(
            QUEUE,
            action=address("left"),
            method="POST",
            wait_url=address("wait"),
            wait_url_method="POST",
        )
    )


def dial(response: VoiceResponse, number: str, *, action: str) -> None:
    """Put through to ``number`` (E.164), which sees our own."""
    call = Dial(
        action=action,
        method="POST",
        timeout=limits.RING_S,
        time_limit=limits.CALL_MAX_S,
        caller_id=settings.TWILIO_VOICE_FROM,
        answer_on_bridge=True,
    )
    call.number(number)
    response.append(call)


def room_name(call_id: uuid.UUID) -> str:
    """What the room of a call is called; a new one each call."""
    return f"appel-{call_id}"


def join(response: VoiceResponse, call: Call, *, action: str, ends_room: bool) -> None:
    """Into the call's room, which whoever comes first opens: each document says all of it.

    ``ends_room``: whether it closes when this one leaves.
    """
    is_recorded = call.recording == RecordingAnswer.ACCEPTED
    dialled = Dial(action=action, method="POST", time_limit=limits.CALL_MAX_S)
    dialled.conference(
        room_name(call.pk),
        beep="false",
        start_conference_on_enter=True,
        end_conference_on_exit=ends_room,
        wait_url="",
        max_participants=limits.IN_ROOM_MAX,
        status_callback=address("room", call=call.pk),
        status_callback_method="POST",
        status_callback_event="start hold",
        record="record-from-start" if is_recorded else None,
        recording_status_callback=address("recorded", call=call.pk) if is_recorded else None,
    )
    response.append(dialled)


def _hints(phrases: Sequence[str]) -> str | None:
    kept = [phrase.replace(",", " ")[: limits.HINT_CHARS_MAX] for phrase in phrases]
    return ", ".join(kept[: limits.HINTS_MAX]) or None
