"""What the hub needs of others: channels that deliver, and an engine that answers."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from .desk.models import WaitingReason
from .models import Attachment, Message


@dataclass(frozen=True)
class Handed:
    """A message that a provider took: its own id of it, and how many SMS it takes."""

    external_id: str
    segments: int | None = None


class Channel(Protocol):
    """A way out to citizens; implemented under ``channels_config`` and registered at start."""

    code: str

    def deliver(self, message: Message) -> Handed | None:
        """Hand ``message`` to the provider; raises ``DeliveryFailed``.

        ``None``: there is no provider, the recipient's own client says what it got.
        """

    def fetch(self, attachment: Attachment) -> bytes:
        """The picture's bytes, bounded; raises ``MediaRefused`` or ``MediaUnavailable``."""


class PhotoStore(Protocol):
    """Keeps pictures; implemented by who knows what they are for, and registered at start."""

    def store(self, content: bytes) -> uuid.UUID:
        """The stored photo's id; raises ``MediaRefused`` or ``MediaUnavailable``."""

    def address(self, photo_id: uuid.UUID) -> str:
        """A path that shows it small, for a time, to whoever holds it: for its sender only."""

    def keep(self, photo_id: uuid.UUID, *, owner: uuid.UUID) -> None:
        """Make it ``owner``'s, in the caller's transaction; raises ``MediaRefused`` when it is gone
        or somebody else's."""

    def content(self, photo_id: uuid.UUID) -> bytes:
        """The picture; raises ``MediaRefused`` when it is gone."""


@dataclass(frozen=True)
class Location:
    """A position that somebody shared: degrees, WGS 84."""

    latitude: float
    longitude: float


@dataclass(frozen=True)
class TurnRequest:
    """One citizen's message for the engine; ``turn`` makes a repeated request harmless.

    ``choice``: the payload of the button that was chosen; what was pressed or written stays in
    ``text``.  ``photos``: stored ones.  ``resumes``: another conversation of the same person, whose
    half-made request they were offered to go on with here.
    """

    conversation: uuid.UUID
    turn: uuid.UUID
    channel: str
    locale: str
    text: str = field(repr=False)
    choice: str = field(default="", repr=False)
    photos: tuple[uuid.UUID, ...] = ()
    location: Location | None = field(default=None, repr=False)
    resumes: uuid.UUID | None = None


@dataclass(frozen=True)
class Reply:
    """One message of the assistant; ``buttons`` are ``{title, payload}``."""

    text: str
    buttons: list[dict[str, str]]


@dataclass(frozen=True)
class TurnResult:
    """The engine's answer, in order, with what it understood.

    ``danger``: somebody may be in danger and was told whom to call.  ``person``: why a person
    should answer, where that was promised.  ``was_secret``: the
    message answered a question for a code, and its words are not to be kept.
    ``form``: what is being asked for step by step, empty when nothing is half made.
    """

    replies: list[Reply]
    intent: str
    confidence: float | None
    danger: bool = False
    person: WaitingReason | None = None
    was_secret: bool = False
    form: str = ""


class DialogueEngine(Protocol):
    """Answers turns; raises ``EngineUnavailable`` (ask again) or ``EngineRefused`` (do not)."""

    def answer(self, request: TurnRequest) -> TurnResult: ...


# Takes in what ``inbox.received_put`` kept: once, however often it is called.
type Taker = Callable[[Mapping[str, Any]], None]

_channels: dict[str, Channel] = {}
_takers: dict[str, Taker] = {}
_photo_stores: list[PhotoStore] = []


def register_channel(channel: Channel) -> None:
    """Make a channel known; a second one with the same code is a programming error."""
    if channel.code in _channels:
        raise ValueError(f"channel {channel.code!r} is registered twice")
    _channels[channel.code] = channel


def channel_for(code: str) -> Channel:
    """The channel registered as ``code``; raises ``KeyError``."""
    return _channels[code]


def register_taker(code: str, taker: Taker) -> None:
    """Make known who reads what came in on the channel ``code``."""
    _takers[code] = taker


def taker_for(code: str) -> Taker:
    """Who was registered; raises ``KeyError`` for a channel that is off."""
    return _takers[code]


def register_photo_store(store: PhotoStore) -> None:
    """Make the keeper of pictures known; there is one."""
    _photo_stores[:] = [store]


def photo_store() -> PhotoStore:
    """The registered keeper of pictures."""
    return _photo_stores[0]
