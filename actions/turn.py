"""What the turns of a conversation tell an action."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker


def draft_turn(tracker: Tracker, form: str) -> str:
    """The hub's id of the turn in which ``form`` was opened last.

    It names what the form gathers: the same id however often, and in whatever turn, that is sent;
    another one when the form is opened again. Raises ``LookupError`` when the form was never
    opened or the message that opened it came another way than by the hub.
    """
    events = iter(reversed(tracker.events))
    for event in events:
        if event.get("event") == "active_loop" and event.get("name") == form:
            break
    for event in events:
        if event.get("event") == "user":
            turn = (event.get("metadata") or {}).get("turn")
            if turn:
                return str(turn)
            break
    raise LookupError(f"no turn opened {form}")


def idempotency_key(tracker: Tracker, *, form: str, step: str) -> str:
    """``<turn that opened the form>:<step>``.

    Not the turn that sends: when a service commits and its answer is lost for so long that the
    turn is given up, the person confirms again in a turn of another id.
    """
    return f"{draft_turn(tracker, form)}:{step}"


def actions_since_user(tracker: Tracker) -> list[str]:
    """Names of the actions that already ran in this turn, oldest first."""
    names: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        if event.get("event") == "action":
            names.append(str(event.get("name")))
    return names[::-1]


def previous_turn_actions(tracker: Tracker) -> list[str]:
    """Names of the actions that ran in the turn before this one."""
    users_seen = 0
    names: list[str] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            users_seen += 1
            if users_seen == 2:
                break
        elif users_seen == 1 and event.get("event") == "action":
            names.append(str(event.get("name")))
    return names[::-1]


def intent_of(message: dict[str, Any]) -> str:
    """The intent's name, empty when there is none."""
    return str((message.get("intent") or {}).get("name") or "")
