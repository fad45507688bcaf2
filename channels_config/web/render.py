"""A stored message as the web chat shows it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from agent_console.conversations.models import Author, Message
from agent_console.conversations.ports import photo_store
from channels_config.web.protocol import (
    AuthorName,
    ButtonOut,
    MessageOut,
    PhotoOut,
    PositionOut,
)
from channels_config.web.typography import french


def message_out(message: Message) -> MessageOut:
    """The protocol's form of ``message``; the text stays plain, the widget never reads markup."""
    return MessageOut(
        seq=message.seq,
        author=cast(AuthorName, message.author),
        # A person's own words are shown as they were written.
        text=french(message.text) if message.author == Author.BOT else message.text,
        buttons=[
            ButtonOut(title=button["title"], payload=button["payload"])
            for button in message.buttons
        ],
        photos=[
            PhotoOut(url=photo_store().address(attachment.photo_id))
            for attachment in message.attachments.all()
            if attachment.photo_id is not None
        ],
        location=_position(message),
        created_at=message.created_at,
        client_id=UUID(message.client_id) if message.client_id else None,
    )


def _position(message: Message) -> PositionOut | None:
    if message.latitude is None or message.longitude is None:
        return None
    return PositionOut(latitude=message.latitude, longitude=message.longitude)
