"""Codes, PINs and numbers that were asked for: read here, never by the NLU, and not kept.

What answers a question for one of them reaches the action as an entity of a command of the hub's
own. Once the turn is done, and before it is stored, that entity leaves the tracker.
"""

from __future__ import annotations

import json
import re

from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.entities.numbers import find_phones, find_said_digits

# Slot that is asked for -> the intent and the entity that answer it.
_ASKED = {
    "proof_code": ("give_code", "code"),
    "link_code": ("give_code", "code"),
    "link_phone": ("give_phone", "phone"),
}
SECRET_INTENTS = frozenset(intent for intent, _ in _ASKED.values())
# Numbers to call that somebody may type in the middle of anything.
_HELP_LINES = frozenset({"3114", "3919"})
_PHONE_DIGITS_MIN = 6
# Payloads of the button under such a question (bot/domain/proof.yml).
_NEW_CODE = frozenset({"Envoyez un nouveau code", "Send a new code"})


def secret_command(tracker: DialogueStateTracker, text: str) -> str | None:
    """The command that stands for ``text`` where it answers a question for a secret."""
    asked = _ASKED.get(str(tracker.get_slot("requested_slot") or ""))
    if asked is None or not tracker.active_loop_name:
        return None
    intent, entity = asked
    if text in _NEW_CODE:
        return "/new_code"
    said = _code(text) if entity == "code" else _phone(text)
    return f"/{intent}{json.dumps({entity: said})}" if said else None


def forget_secrets(tracker: DialogueStateTracker, turn: str) -> bool:
    """Take what the turn told in confidence out of the tracker; whether there was anything."""
    found = False
    for event in tracker.events:
        if not isinstance(event, UserUttered) or (event.metadata or {}).get("turn") != turn:
            continue
        if event.intent_name not in SECRET_INTENTS:
            continue
        found = True
        event.text = f"/{event.intent_name}"
        event.entities = []
        event.parse_data["text"] = event.text
        event.parse_data["entities"] = []
    return found


def _code(text: str) -> str | None:
    digits = find_said_digits(text, fewest=4, most=6)
    return None if digits in _HELP_LINES else digits


def _phone(text: str) -> str | None:
    found = find_phones(text)
    if found and found[0].normalised:
        return str(found[0].normalised["e164"])
    # Not one that can be: the console says so.
    is_try = len(re.findall(r"\d", text)) >= _PHONE_DIGITS_MIN
    return text[:40] if is_try else None
