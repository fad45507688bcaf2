"""A bounded wait for the assistant's answer: an event tells it, the database is what counts."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from agent_console.conversations.announce import conversation_group
from service_kit.logs import get_logger
from service_kit.threads import in_database_thread

logger = get_logger(__name__)


async def until_said[T](
    ask: Callable[[], T | None], *, conversation_id: uuid.UUID, wait_s: float
) -> T | None:
    """What ``ask`` finds within ``wait_s`` seconds, asked again whenever something was announced.

    Nothing depends on an announcement being heard: it is asked a last time at the end, and the
    caller comes back anyway.  No database connection is held meanwhile.
    """
    looked = in_database_thread(ask)
    layer = get_channel_layer()
    group = conversation_group(conversation_id)
    until = asyncio.get_running_loop().time() + wait_s
    channel = None
    try:
        channel = await layer.new_channel()
        await layer.group_add(group, channel)  # before the first look: nothing falls in between
        while (found := await looked()) is None:
            left_s = until - asyncio.get_running_loop().time()
            await asyncio.wait_for(layer.receive(channel), timeout=max(0.0, left_s))
        return found
    except TimeoutError:
        return await looked()
    except (RedisError, OSError) as failure:
        logger.warning("announcements not heard", extra={"code": type(failure).__name__})
        return await looked()
    finally:
        if channel is not None:
            await _left(group, channel)


async def _left(group: str, channel: str) -> None:
    try:
        await get_channel_layer().group_discard(group, channel)
    except (RedisError, OSError) as failure:
        logger.warning("group not left", extra={"code": type(failure).__name__})
