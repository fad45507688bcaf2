"""A channel that is not configured: known to the hub, so that operators read why."""

from __future__ import annotations

from agent_console.conversations.errors import DeliveryFailed, MediaRefused
from agent_console.conversations.models import Attachment, Message
from agent_console.conversations.ports import Handed


class OffChannel:
    """Implements ``agent_console.conversations.ports.Channel`` by refusing."""

    def __init__(self, code: str) -> None:
        self.code = code

    def deliver(self, message: Message) -> Handed | None:
        """Raises ``DeliveryFailed``, for good: what waited for a channel would come out of date."""
        raise DeliveryFailed(permanent=True, code="channel_off")

    def fetch(self, attachment: Attachment) -> bytes:
        """Raises ``MediaRefused``."""
        raise MediaRefused("channel_off")
