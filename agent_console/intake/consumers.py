"""`/ws/console/`: tells a signed-in agent's page which of its parts have something new.

Server frames: ``{"type": "changed", "topics": [...]}``. The client says nothing. The channel layer
may drop a word: the page fetches everything it shows whenever its socket opens, so what it missed
costs one reconnection at most, and it polls slowly while it has no socket.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from agent_console.conversations.announce import CONSOLE_GROUP
from agent_console.intake import access, topics
from service_kit.threads import in_database_thread

MERGE_S = 0.3  # a burst of messages makes one frame: 300 consoles are not told 50 times a second


class ConsoleConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One open page of the console."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._permissions: frozenset[str] = frozenset()
        self._changed: set[str] = set()
        self._flush: asyncio.Task[None] | None = None
        self._joined = False

    async def connect(self) -> None:
        """Accepts agents only; anybody else gets 403 during the handshake."""
        user = self.scope.get("user")
        if user is not None and user.is_authenticated:
            self._permissions = await in_database_thread(_permissions)(user)
        if not self._permissions:
            await self.close()
            return
        # Joined before accepting: the page's first fetch then covers everything before this.
        await self.channel_layer.group_add(CONSOLE_GROUP, self.channel_name)
        self._joined = True
        await self.accept()

    async def disconnect(self, code: int) -> None:
        if self._flush is not None:
            self._flush.cancel()
        if self._joined:
            await self.channel_layer.group_discard(CONSOLE_GROUP, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The protocol has no client frames."""
        await self.close(code=1003)

    async def console_changed(self, event: dict[str, Any]) -> None:
        """Something is new; said to the page after ``MERGE_S``, with all that came meanwhile."""
        self._changed |= topics.visible(event["topics"], self._permissions)
        if self._changed and (self._flush is None or self._flush.done()):
            self._flush = asyncio.create_task(self._send_merged())

    async def _send_merged(self) -> None:
        await asyncio.sleep(MERGE_S)
        changed, self._changed = sorted(self._changed), set()
        await self.send(text_data=json.dumps({"type": "changed", "topics": changed}))


def _permissions(user: Any) -> frozenset[str]:
    return frozenset(name for name in access.CONSOLE if user.has_perm(name))
