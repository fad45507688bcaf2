"""The hub's answer to a turn, read from the tracker.

Both the first answer and every later one to the same turn id come from here, so they are equal.
"""

from __future__ import annotations

from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# Intents under which a predicted category says something about the message.
_ABOUT_A_PROBLEM = frozenset({"report_issue", "inform", "nlu_fallback"})
_INTERNAL_SLOTS = frozenset({"requested_slot", "session_started_metadata"})


def _turn_of(event: Event) -> str | None:
    if not isinstance(event, UserUttered):
        return None
    turn = (event.metadata or {}).get("turn")
    return str(turn) if turn else None


def turn_span(tracker: DialogueStateTracker, turn: str) -> tuple[int, int] | None:
    """Where the turn's events are: from its message to just before the next message.

    The first turn also owns what came before it, the introduction. None when unknown.
    """
    events = list(tracker.events)
    messages = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    for position, start in enumerate(messages):
        if _turn_of(events[start]) == turn:
            is_last = position + 1 == len(messages)
            end = len(events) if is_last else messages[position + 1]
            return (0 if position == 0 else start), end
    return None


def _reply(event: BotUttered) -> dict[str, Any]:
    buttons = (event.data or {}).get("buttons") or []
    return {
        "text": event.text or "",
        "buttons": [{"title": str(b["title"]), "payload": str(b["payload"])} for b in buttons],
    }


def _named(entry: dict[str, Any] | None) -> dict[str, Any] | None:
    if not entry or not entry.get("name"):
        return None
    return {"name": entry["name"], "confidence": float(entry.get("confidence") or 0.0)}


def turn_answer(tracker: DialogueStateTracker, turn: str, domain: Domain) -> dict[str, Any] | None:
    """What the hub answers for ``turn`` (see ``bot.connector``), None when it never ran."""
    span = turn_span(tracker, turn)
    if span is None:
        return None
    start, end = span
    events = list(tracker.events)
    message = next(e for e in events[start:end] if isinstance(e, UserUttered))
    parsed: dict[str, Any] = dict(message.parse_data)
    then = DialogueStateTracker.from_events(tracker.sender_id, events[:end], domain.slots)
    intent = _named(parsed.get("intent")) or {"name": None, "confidence": 0.0}
    about_a_problem = intent["name"] in _ABOUT_A_PROBLEM
    ranking = [named for e in parsed.get("category_ranking") or [] if (named := _named(e))]
    return {
        "turn": turn,
        "replies": [_reply(e) for e in events[start:end] if isinstance(e, BotUttered)],
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
    }
