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
_CONTENT = ("text", "choice", "attachment", "location")
_FIELDS = frozenset({"conversation", "turn", "channel", "locale", "resumes", *_CONTENT})
# Stands for a message that held nothing but slashes: it must still be answered.
_NOTHING_SAID = "…"


class InvalidTurn(ValueError):
    """The request is not a turn; ``field`` names what is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True)
class Location:
    """A position in degrees, WGS 84, as a telephone shares it."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class TurnRequest:
    """One message of one conversation, as the hub hands it over.

    ``text`` is empty when only a photo or a position came. ``photo`` is the id that the console
    gave to an uploaded picture; it may carry a text, its caption. ``resumes`` is another
    conversation of the same person, whose half-made request may go on in this one.
    """

    conversation: str
    turn: str
    channel: str
    locale: str
    text: str
    photo: str | None = None
    location: Location | None = None
    resumes: str | None = None


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


def _words(body: dict[str, Any]) -> str:
    """What was written, or the button that was pressed: never both."""
    if "text" in body and "choice" in body:
        raise InvalidTurn("choice", "can't come with a text")
    field = "choice" if "choice" in body else "text"
    words = body.get(field)
    if not isinstance(words, str) or not words.strip():
        raise InvalidTurn(field, "must be a text that is not empty")
    if len(words) > MAX_TEXT_CHARACTERS:
        raise InvalidTurn(field, f"must be at most {MAX_TEXT_CHARACTERS} characters")
    return neutralised(words.replace("\x00", ""))


def _photo(body: dict[str, Any]) -> str | None:
    if "attachment" not in body:
        return None
    attachment = body["attachment"]
    if not isinstance(attachment, dict) or set(attachment) != {"photo"}:
        raise InvalidTurn("attachment", "must be an object with a photo")
    return _uuid(attachment, "photo")


def _location(body: dict[str, Any]) -> Location | None:
    if "location" not in body:
        return None
    given = body["location"]
    if not isinstance(given, dict) or set(given) != {"latitude", "longitude"}:
        raise InvalidTurn("location", "must be an object with latitude and longitude")
    degrees = []
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        value = given[name]
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or not -most <= value <= most:
            raise InvalidTurn("location", f"{name} must be degrees")
        degrees.append(float(value))
    return Location(*degrees)


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
    if set(body) - _FIELDS:
        raise InvalidTurn("body", "has unknown fields")
    photo, location = _photo(body), _location(body)
    needs_words = photo is None and location is None
    return TurnRequest(
        conversation=_uuid(body, "conversation"),
        turn=_uuid(body, "turn"),
        channel=_one_of(body, "channel", CHANNELS),
        locale=_one_of(body, "locale", LOCALES),
        text=_words(body) if needs_words or "text" in body or "choice" in body else "",
        photo=photo,
        location=location,
        resumes=_uuid(body, "resumes") if "resumes" in body else None,
    )
