"""Says that something is new, after the commit; nothing depends on it being heard.

The channel layer is at-most-once: a client that missed a word asks for what it lacks by its last
sequence number.
"""

import logging
import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction
from redis.exceptions import RedisError

type Announcement = tuple[str, dict[str, Any]]  # a group, and what it hears
CONSOLE_GROUP = "console"
logger = logging.getLogger(__name__)


def conversation_group(conversation_id: uuid.UUID) -> str:
    """The group of everybody who looks at one conversation."""
    return f"conversation.{conversation_id}"


def announce_conversation(*, conversation_id: uuid.UUID, seq: int) -> None:
    """Tell a conversation's clients that messages up to ``seq`` exist or changed."""
    _after_commit(
        (conversation_group(conversation_id), {"type": "conversation.changed", "seq": seq}),
        _for_console(["conversations", f"conversation:{conversation_id}"]),
    )


def announce_typing(*, conversation_id: uuid.UUID, on: bool) -> None:
    """Tell a conversation's clients that the assistant is composing (or no longer)."""
    _after_commit((conversation_group(conversation_id), {"type": "conversation.typing", "on": on}))


def announce_console(*, topics: Iterable[str]) -> None:
    """Tell operators' screens which lists or pages have something new."""
    _after_commit(_for_console(topics))


def _for_console(topics: Iterable[str]) -> Announcement:
    return CONSOLE_GROUP, {"type": "console.changed", "topics": list(topics)}


def _after_commit(*announcements: Announcement) -> None:
    transaction.on_commit(lambda: _send(announcements), robust=True)


def _send(announcements: Sequence[Announcement]) -> None:
    try:
        # One way to the event loop and back for all of them.
        async_to_sync(_send_each)(announcements)
    except (OSError, RedisError) as exc:
        # Valkey is away: clients catch up by sequence number, so this is not an error of the write.
        logger.warning("announcement lost", extra={"code": type(exc).__name__})


async def _send_each(announcements: Sequence[Announcement]) -> None:
    layer = get_channel_layer()
    assert layer is not None
    for group, event in announcements:
        await layer.group_send(group, event)
