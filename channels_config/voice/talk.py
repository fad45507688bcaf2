"""What is said next: greeting, answer, silence, the same once more."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from twilio.twiml.voice_response import VoiceResponse

from agent_console.calls.models import Call
from agent_console.calls.selectors import announcements_now
from agent_console.conversations.models import Message, Turn
from agent_console.conversations.resuming import HALF_MADE_KEPT
from agent_console.conversations.selectors import newest_turn, said_after

from .speech import spoken, spoken_choices
from .twiml import address, ask, text

FOR_A_PERSON = "talk_to_human"
_GOODBYE = "goodbye"
_NOT_UNDERSTOOD = "nlu_fallback"
# What is asked there may have several digits (a code, a telephone number, a reference): # ends
# them.  Everywhere else one key is the answer, and heard at once: 0, a person, above all.
_FORMS_WITH_DIGITS = frozenset({"proof_form", "link_form", "lookup_form", "data_form"})


def greeting(call: Call) -> VoiceResponse:
    """Who answers, what is announced today, and the first question or the one left open."""
    response = VoiceResponse()
    announced = [spoken(one.text) for one in announcements_now()]
    left_open, form = _left_open(call)
    said = [text("greeting"), *announced]
    if left_open:
        said += [text("resume"), *sentences(left_open)]
    else:
        said.append(text("opening"))
    listen(response, *said, step=1, heard=call.from_seq, form=form)
    return response


def listen(
    response: VoiceResponse, *said: str, step: int, heard: int, form: str, missed: int = 0
) -> None:
    """Say it and take the caller's ``step``: ``heard`` is the number of our last message in it."""
    action = address("turn", step=step, heard=heard, missed=missed)
    ask(response, *said, action=action, keys=None if form in _FORMS_WITH_DIGITS else 1)


def replied(
    call: Call, turn: Turn | None, said: Sequence[Message], *, step: int, missed: int
) -> VoiceResponse:
    """Say what was answered to a step, and take the next one."""
    response = VoiceResponse()
    heard = said[-1].seq if said else call.heard_seq
    words = sentences(said) or [text("listening")]
    form = turn.form if turn else ""
    listen(response, *words, step=step + 1, heard=heard, form=form, missed=missed)
    return response


def once_more(
    call: Call, *before: str, step: int, heard: int, missed: int, is_short: bool = False
) -> VoiceResponse:
    """The question again, after ``before``; ``is_short``: its choices alone."""
    response = VoiceResponse()
    turn = newest_turn(conversation_id=call.conversation_id)
    last = _of_turn(turn, call)
    buttons = _buttons(last)
    if is_short:
        words = [spoken_choices(buttons)] if buttons else []
    else:
        words = sentences(last) or [text("opening")]
    form = turn.form if turn else ""
    listen(response, *before, *words, step=step, heard=heard, form=form, missed=missed)
    return response


def sentences(said: Sequence[Message]) -> list[str]:
    """Each message as it is said, with the choices of the last one that has some."""
    words = [spoken(message.text) for message in said]
    buttons = _buttons(said)
    return [one for one in (*words, spoken_choices(buttons) if buttons else "") if one]


def is_goodbye(turn: Turn | None) -> bool:
    """Whether the caller took leave and nothing is half made."""
    return turn is not None and turn.intent == _GOODBYE and not turn.form


def is_for_a_person(turn: Turn | None) -> bool:
    """Whether the caller asked for an operator in words of their own."""
    return turn is not None and turn.intent == FOR_A_PERSON


def is_not_understood(turn: Turn | None) -> bool:
    """Whether the assistant made nothing of it."""
    return turn is not None and turn.intent == _NOT_UNDERSTOOD


def is_something_open(call: Call) -> bool:
    """Whether a silence leaves something half made (or nothing was said at all yet)."""
    turn = newest_turn(conversation_id=call.conversation_id)
    return turn is None or turn.message.seq <= call.from_seq or bool(turn.form)


def _left_open(call: Call) -> tuple[list[Message], str]:
    """The question at which somebody hung up and its form, while they are kept."""
    turn = newest_turn(conversation_id=call.conversation_id)
    if turn is None or not turn.form or turn.created_at < timezone.now() - HALF_MADE_KEPT:
        return [], ""
    return _of_turn(turn, call), turn.form


def _of_turn(turn: Turn | None, call: Call) -> list[Message]:
    if turn is None:
        return []
    said = said_after(conversation_id=call.conversation_id, seq=turn.message.seq)
    return [one for one in said if one.external_id.startswith(f"turn:{turn.pk}:")]


def _buttons(said: Sequence[Message]) -> list[dict[str, str]]:
    return next((list(one.buttons) for one in reversed(said) if one.buttons), [])
