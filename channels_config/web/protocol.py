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
PHOTOS_MAX = 3  # in one message
SEQ_MAX = 2**31 - 1
PAGE_SIZE = 200  # messages in one "messages" frame

Locale = Literal["fr", "en"]
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
    PHOTO_UNKNOWN = "photo_unknown"
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
    locale: Locale = "fr"


class Position(_ClientFrame):
    """Degrees, WGS 84."""

    latitude: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
    longitude: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Send(_ClientFrame):
    """A message; ``id`` is the client's own and makes a repetition harmless.

    ``text`` may be empty beside photos or a position.  ``choice`` is the payload of the button
    that was pressed, ``text`` its title.  ``photos`` are the references that uploads answered.
    """

    type: Literal["send"]
    id: UUID
    text: str = ""  # its length is the service's rule, answered with the message's id
    choice: Annotated[str, Field(max_length=1000)] = ""
    photos: Annotated[list[Annotated[str, Field(max_length=300)]], Field(max_length=PHOTOS_MAX)] = (
        Field(default_factory=list)
    )
    location: Position | None = None


class Ack(_ClientFrame):
    """The client holds everything up to ``seq``; also sent from time to time to ask for more."""

    type: Literal["ack"]
    seq: Seq


class Ping(_ClientFrame):
    """Is anybody there? Answered by pong: a line that died silently is noticed by its absence."""

    type: Literal["ping"]


type ClientFrame = Hello | Send | Ack | Ping
_CLIENT_FRAMES: TypeAdapter[ClientFrame] = TypeAdapter(
    Annotated[Hello | Send | Ack | Ping, Field(discriminator="type")]
)


def parse(text: str) -> ClientFrame:
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


class PhotoOut(BaseModel):
    """A picture of the citizen's own; ``url`` is relative to the server, and opens for an hour."""

    url: str


class PositionOut(BaseModel):
    """Degrees, WGS 84."""

    latitude: float
    longitude: float


class MessageOut(BaseModel):
    """One message; ``client_id`` only on the citizen's own, to match what the client wrote."""

    seq: int
    author: AuthorName
    text: str
    buttons: list[ButtonOut]
    photos: list[PhotoOut]
    location: PositionOut | None
    created_at: datetime
    client_id: UUID | None


class UploadOut(BaseModel):
    """Where pictures are posted, as ``multipart/form-data`` with ``ticket`` and ``photo``.

    ``url`` is relative to the server; ``ticket`` opens for a day and comes with each welcome.
    """

    url: str
    ticket: str
    bytes_max: int


class Welcome(BaseModel):
    """Answer to hello: the session to come back with, and how far the conversation goes."""

    type: Literal["welcome"] = "welcome"
    version: int = VERSION
    session: str
    last_seq: int
    upload: UploadOut


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


class Pong(BaseModel):
    """Answer to ping."""

    type: Literal["pong"] = "pong"


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


type ServerFrame = Welcome | Messages | Accepted | Typing | Pong | Error
