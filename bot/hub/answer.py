"""The hub's answer to a turn, read from the tracker.

Both the first answer and every later one to the same turn id come from here, so they are equal.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.hub.capabilities import Capabilities, capabilities_of
from bot.hub.render import rendered
from bot.hub.secret_words import SECRET_INTENTS

# Intents under which a predicted category says something about the message.
_ABOUT_A_PROBLEM = frozenset({"report_issue", "inform", "nlu_fallback"})
_DANGER = "emergency"
# What a channel that has greeted by itself leaves out.
_GREETINGS = frozenset({"utter_introduction", "utter_welcome_back"})
_WANTS_A_PERSON = "talk_to_human"
_NUMBERS = "utter_emergency"  # whoever is told them may be in danger, whatever was understood
# Whoever reads them was promised that a person answers here.
_PERSON = frozenset({"utter_human_open", "utter_human_closed"})
_INTERNAL_SLOTS = frozenset({"requested_slot", "session_started_metadata", "kept_reports"})


def _turn_of(event: Event) -> str | None:
    if not isinstance(event, UserUttered):
        return None
    turn = (event.metadata or {}).get("turn")
    return str(turn) if turn else None


def turn_span(tracker: DialogueStateTracker, turn: str) -> tuple[int, int] | None:
    """Where the turn's events are: from its message to just before the next turn's.

    The first turn of a session also owns the greeting that opened it. None when unknown.
    """
    events = list(tracker.events)
    starts: list[int] = []
    messages: list[int] = []
    greeting: int | None = 0
    for index, event in enumerate(events):
        if isinstance(event, SessionStarted) and messages:
            greeting = index
        elif isinstance(event, UserUttered):
            starts.append(index if greeting is None else greeting)
            messages.append(index)
            greeting = None
    for position, message in enumerate(messages):
        if _turn_of(events[message]) == turn:
            end = starts[position + 1] if position + 1 < len(starts) else len(events)
            return starts[position], end
    return None


def buttons_of(event: BotUttered) -> list[dict[str, Any]]:
    """The choices that a message offered, in order."""
    return list((event.data or {}).get("buttons") or [])


def _reply(event: BotUttered, able: Capabilities) -> dict[str, Any]:
    buttons = buttons_of(event)
    return {
        "text": rendered(event.text or "", able),
        "buttons": [{"title": str(b["title"]), "payload": str(b["payload"])} for b in buttons],
    }


def _is_said(event: Event) -> bool:
    return isinstance(event, BotUttered) and bool(event.text)


def _named(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    if not entry or not entry.get("name"):
        return None
    return {"name": entry["name"], "confidence": float(entry.get("confidence") or 0.0)}


def _said_as(event: Event) -> str:
    return str((event.metadata or {}).get("utter_action") or "")


def _why_a_person(said: list[Event], intent: str | None, able: Capabilities) -> str | None:
    """Why a person was promised in writing; spoken, a telephone number is said instead."""
    if able.spoken or not any(_said_as(event) in _PERSON for event in said):
        return None
    return "asked" if intent == _WANTS_A_PERSON else "not_understood"


def turn_answer(tracker: DialogueStateTracker, turn: str, domain: Domain) -> dict[str, Any] | None:
    """What the hub answers for ``turn`` (see ``bot.connector``), None when it never ran."""
    span = turn_span(tracker, turn)
    if span is None:
        return None
    start, end = span
    events = list(tracker.events)
    message = next(e for e in events[start:end] if isinstance(e, UserUttered))
    able = capabilities_of(str((message.metadata or {}).get("channel") or ""))
    parsed: dict[str, Any] = dict(message.parse_data)
    then = DialogueStateTracker.from_events(tracker.sender_id, events[:end], domain.slots)
    said = [e for e in events[start:end] if _is_said(e)]
    intent = _named(parsed.get("intent")) or {"name": None, "confidence": 0.0}
    if intent["name"] == _DANGER:
        # The numbers to call come before any greeting.
        greeting = [e for e in events[start : events.index(message)] if _is_said(e)]
        said = [*said[len(greeting) :], *greeting]
    if able.greeted:
        said = [e for e in said if _said_as(e) not in _GREETINGS]
    # A sentence that held nothing but a link leaves nothing to say.
    replies = [reply for e in said if (reply := _reply(e, able))["text"] or reply["buttons"]]
    about_a_problem = intent["name"] in _ABOUT_A_PROBLEM
    ranking = [named for e in parsed.get("category_ranking") or [] if (named := _named(e))]
    return {
        "turn": turn,
        "replies": replies,
        "intent": intent,
        "category": _named(parsed.get("category")) if about_a_problem else None,
        "category_ranking": ranking if about_a_problem else [],
        "entities": [
            {"entity": e["entity"], "value": e["value"], "start": e["start"], "end": e["end"]}
            for e in parsed.get("entities") or []
        ],
        "slots": {
            name: value
            for name, value in then.current_slot_values().items()
            if value is not None and name not in _INTERNAL_SLOTS
        },
        "active_form": then.active_loop_name,
        "danger": any(_said_as(e) == _NUMBERS for e in said),
        "person": _why_a_person(said, intent["name"], able),
        "was_secret": intent["name"] in SECRET_INTENTS,
    }
