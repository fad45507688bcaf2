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


def turn_id(tracker: Tracker) -> str:
    """The hub's id of the present turn."""
    return str((tracker.latest_message.get("metadata") or {}).get("turn") or "")


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


_MISSES = frozenset({"action_fallback"})


def misses_before(tracker: Tracker) -> int:
    """How many turns in a row, just before this one, were not understood."""
    turns: list[set[str]] = [set()]
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            turns.append(set())
        elif event.get("event") == "action":
            turns[-1].add(str(event.get("name")))
    missed = 0
    for names in turns[1:]:
        if not names & _MISSES:
            break
        missed += 1
    return missed


def intent_of(message: dict[str, Any]) -> str:
    """The intent's name, empty when there is none."""
    return str((message.get("intent") or {}).get("name") or "")
