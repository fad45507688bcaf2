"""Read and bound what the console sends to the hub channel."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

MAX_BODY_BYTES = 64 * 1024
MAX_TEXT_CHARACTERS = 4000
CHANNELS = frozenset({"sms", "telegram", "web", "voice", "phone", "email"})
LOCALES = frozenset({"fr", "en"})
_FIELDS = frozenset({"conversation", "turn", "channel", "locale", "text"})
# Stands for a message that held nothing but slashes: it must still be answered.
_NOTHING_SAID = "…"


class InvalidTurn(ValueError):
    """The request is not a turn; ``field`` names what is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class TurnRequest:
    """One message of one conversation, as the hub hands it over."""

    conversation: str
    turn: str
    channel: str
    locale: str
    text: str


def neutralised(text: str) -> str:
    """``text`` without leading slashes.

    Rasa reads ``/intent{...}`` as a command that bypasses the NLU, whoever typed it. Nothing that
    a person writes may be one, so the slashes go; buttons carry plain words for the same reason.
    """
    stripped = text.strip()
    while stripped.startswith("/"):
        stripped = stripped.lstrip("/").strip()
    return stripped or _NOTHING_SAID


def _uuid(body: dict[str, Any], field: str) -> str:
    value = body.get(field)
    if not isinstance(value, str):
        raise InvalidTurn(field, "must be a UUID")
    try:
        return str(uuid.UUID(value))
    except ValueError:
        raise InvalidTurn(field, "must be a UUID") from None


def _one_of(body: dict[str, Any], field: str, allowed: frozenset[str]) -> str:
    value = body.get(field)
    if not isinstance(value, str) or value not in allowed:
        raise InvalidTurn(field, "is not one of those known")
    return value


def turn_request(raw: bytes) -> TurnRequest:
    """Parse a request body. Raises ``InvalidTurn``; unknown fields are refused."""
    if len(raw) > MAX_BODY_BYTES:
        raise InvalidTurn("body", f"must be at most {MAX_BODY_BYTES} bytes")
    try:
        body = json.loads(raw)
    except ValueError:
        raise InvalidTurn("body", "must be JSON") from None
    if not isinstance(body, dict):
        raise InvalidTurn("body", "must be an object")
    unknown = sorted(set(body) - _FIELDS)
    if unknown:
        raise InvalidTurn("body", "has unknown fields")
    text = body.get("text")
    if not isinstance(text, str) or not text.strip():
        raise InvalidTurn("text", "must be a text that is not empty")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InvalidTurn("text", f"must be at most {MAX_TEXT_CHARACTERS} characters")
    return TurnRequest(
        conversation=_uuid(body, "conversation"),
        turn=_uuid(body, "turn"),
        channel=_one_of(body, "channel", CHANNELS),
        locale=_one_of(body, "locale", LOCALES),
        text=neutralised(text.replace("\x00", "")),
    )
