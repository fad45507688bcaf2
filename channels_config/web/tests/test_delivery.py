"""The channel port of the web."""

from __future__ import annotations

from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as ValkeyAway

from agent_console.conversations.errors import DeliveryFailed
from agent_console.conversations.models import Message
from agent_console.conversations.ports import channel_for
from channels_config.web.delivery import WebChannel


def test_the_web_channel_is_registered() -> None:
    assert isinstance(channel_for("web"), WebChannel)


def test_delivering_tells_the_open_widgets_how_far_to_read() -> None:
    message = Message(conversation_id=uuid4(), seq=7)

    async def scenario() -> dict[str, object]:
        layer = get_channel_layer()
        name = await layer.new_channel()
        await layer.group_add(f"conversation.{message.conversation_id}", name)
        await _deliver(message)
        event: dict[str, object] = await layer.receive(name)
        return event

    assert async_to_sync(scenario)() == {"type": "conversation.changed", "seq": 7}


def test_without_valkey_the_delivery_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        async def group_send(self, group: str, event: dict[str, object]) -> None:
            raise ValkeyAway

    monkeypatch.setattr("channels_config.web.delivery.get_channel_layer", Away)
    with pytest.raises(DeliveryFailed) as failure:
        WebChannel().deliver(Message(conversation_id=uuid4(), seq=1))
    assert not failure.value.permanent


async def _deliver(message: Message) -> None:
    await sync_to_async(WebChannel().deliver, thread_sensitive=False)(message)
