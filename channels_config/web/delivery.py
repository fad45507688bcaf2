"""The channel port, for the web: delivering is telling the connected widgets to come and read.

A widget that is not connected reads the message from the database when it comes back, so there is
nothing to retry for it; the message counts as delivered when a widget acknowledges it.
"""

from __future__ import annotations

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from agent_console.conversations.announce import conversation_group
from agent_console.conversations.errors import DeliveryFailed, MediaRefused
from agent_console.conversations.models import Attachment, Message
from agent_console.conversations.ports import Handed


class WebChannel:
    """Implements ``agent_console.conversations.ports.Channel``."""

    code = "web"

    def fetch(self, attachment: Attachment) -> bytes:
        """Raises ``MediaRefused``: the widget's pictures are stored before they are sent."""
        raise MediaRefused("media_refused")

    def deliver(self, message: Message) -> Handed | None:
        """Says "new up to this message" to the conversation's open widgets.

        Raises ``DeliveryFailed`` (passing) while Valkey is away: the outbox tries again.
        """
        event = {"type": "conversation.changed", "seq": message.seq}
        try:
            async_to_sync(get_channel_layer().group_send)(
                conversation_group(message.conversation_id), event
            )
        except (RedisError, OSError) as failure:
            raise DeliveryFailed(permanent=False, code="channel_layer_unavailable") from failure
        return None
