"""What the hub needs of others: channels that deliver, and an engine that answers."""

import uuid
from dataclasses import dataclass, field
from typing import Protocol

from .models import Message


class Channel(Protocol):
    """A way out to citizens; implemented under ``channels_config`` and registered at start."""

    code: str

    def deliver(self, message: Message) -> None:
        """Hand ``message`` to the provider; raises ``DeliveryFailed``."""


@dataclass(frozen=True)
class TurnRequest:
    """One citizen's message for the engine; ``turn`` makes a repeated request harmless."""

    conversation: uuid.UUID
    turn: uuid.UUID
    channel: str
    locale: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class Reply:
    """One message of the assistant; ``buttons`` are ``{title, payload}``."""

    text: str
    buttons: list[dict[str, str]]


@dataclass(frozen=True)
class TurnResult:
    """The engine's answer, in order, with what it understood."""

    replies: list[Reply]
    intent: str
    confidence: float | None


class DialogueEngine(Protocol):
    """Answers turns; raises ``EngineUnavailable`` (ask again) or ``EngineRefused`` (do not)."""

    def answer(self, request: TurnRequest) -> TurnResult: ...


_channels: dict[str, Channel] = {}


def register_channel(channel: Channel) -> None:
    """Make a channel known; a second one with the same code is a programming error."""
    if channel.code in _channels:
        raise ValueError(f"channel {channel.code!r} is registered twice")
    _channels[channel.code] = channel


def channel_for(code: str) -> Channel:
    """The channel registered as ``code``; raises ``KeyError``."""
    return _channels[code]
