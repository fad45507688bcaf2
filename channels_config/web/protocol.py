"""Frames of the chat's WebSocket, protocol version 1 (JSON text frames).

The README of this folder tells the exchange as a story. Client frames are parsed strictly and are
bounded; whatever does not fit is refused with a stable code, and its content is never logged.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

VERSION = 1
FRAME_MAX_BYTES = 16_384
SEQ_MAX = 2**31 - 1
PAGE_SIZE = 200  # messages in one "messages" frame

AuthorName = Literal["citizen", "bot", "agent", "system"]
Seq = Annotated[int, Field(ge=0, le=SEQ_MAX)]


class ErrorCode(StrEnum):
    """Codes of an ``error`` frame; clients may branch on them, so they never change meaning."""

    INVALID_FRAME = "invalid_frame"
    FRAME_TOO_LARGE = "frame_too_large"
    VERSION_UNSUPPORTED = "version_unsupported"
    HELLO_REQUIRED = "hello_required"
    TEXT_EMPTY = "text_empty"
    TEXT_TOO_LONG = "text_too_long"
    TEXT_INVALID = "text_invalid"
    RATE_LIMITED = "rate_limited"
    UNAVAILABLE = "unavailable"


class CloseCode(IntEnum):
    """Application close codes (RFC 6455 leaves 4000-4999 to us); 1009 is the RFC's own."""

    FRAME_TOO_LARGE = 1009
    INVALID_FRAME = 4400
    HELLO_TIMEOUT = 4408
    VERSION_UNSUPPORTED = 4426
    FLOOD = 4429


class ProtocolError(Exception):
    """Base of this protocol's errors."""


class InvalidFrame(ProtocolError):
    """The client's frame is not one of protocol version 1. Carries no part of the content."""


class _ClientFrame(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Hello(_ClientFrame):
    """First frame of a connection; ``after`` is the last sequence number the client holds."""

    # A later version may say more in its hello: it must still read "version not supported".
    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    type: Literal["hello"]
    version: Annotated[int, Field(ge=1, le=1000)]
    session: Annotated[str, Field(max_length=200)] | None = None
    after: Seq = 0


class Send(_ClientFrame):
    """A message; ``id`` is the client's own and makes a repetition harmless."""

    type: Literal["send"]
    id: UUID
    text: str  # its length is the service's rule, answered with the message's id


class Ack(_ClientFrame):
    """The client holds everything up to ``seq``; also sent from time to time to ask for more."""

    type: Literal["ack"]
    seq: Seq


ClientFrame = Annotated[Hello | Send | Ack, Field(discriminator="type")]
_CLIENT_FRAMES: TypeAdapter[Hello | Send | Ack] = TypeAdapter(ClientFrame)


def parse(text: str) -> Hello | Send | Ack:
    """The frame in ``text``.

    Raises ``InvalidFrame`` for anything that is not JSON, not a known type, or out of bounds.
    """
    try:
        return _CLIENT_FRAMES.validate_json(text)
    except (ValidationError, UnicodeError):
        # `from None`: pydantic's error quotes its input, which is a person's own words.
        raise InvalidFrame from None


class ButtonOut(BaseModel):
    """A proposed answer: ``payload`` is sent as the citizen's own text when chosen."""

    title: str
    payload: str


class MessageOut(BaseModel):
    """One message; ``client_id`` only on the citizen's own, to match what the client wrote."""

    seq: int
    author: AuthorName
    text: str
    buttons: list[ButtonOut]
    created_at: datetime
    client_id: UUID | None


class Welcome(BaseModel):
    """Answer to hello: the session to come back with, and how far the conversation goes."""

    type: Literal["welcome"] = "welcome"
    version: int = VERSION
    session: str
    last_seq: int


class Messages(BaseModel):
    """Messages in increasing ``seq``; the rest follows in further frames up to ``last_seq``."""

    type: Literal["messages"] = "messages"
    items: list[MessageOut]
    last_seq: int


class Accepted(BaseModel):
    """The message ``id`` is stored under ``seq``; it will not be lost nor answered twice."""

    type: Literal["accepted"] = "accepted"
    id: UUID
    seq: int


class Typing(BaseModel):
    """Somebody is preparing an answer."""

    type: Literal["typing"] = "typing"
    on: bool


class Error(BaseModel):
    """A refusal that a person can read and a client can branch on."""

    type: Literal["error"] = "error"
    code: ErrorCode
    message: str
    id: UUID | None = None


ServerFrame = Welcome | Messages | Accepted | Typing | Error
