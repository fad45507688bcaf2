"""`/ws/console/`: tells a signed-in agent's page what is new of what it shows.

Server frames: ``{"type": "changed", "topics": […], "mark": n}``, and, where the address asks for
``rows=1``: ``"rows": [{"id", "seq", "changed", "html"}]``, what changed of the conversations' list,
exactly as the list shows it (``rows.py``).  A page that comes back says ``after=<mark>`` and gets
what it missed; ``"rows": null`` says that it is too much: it fetches the list.  A row whose ``id``
and ``changed`` the page holds already is the same row again.  ``"stale": true`` says that
topics may have changed unheard.

The client says nothing.  Nothing depends on a word being heard: see ``hub.py``.
"""

from __future__ import annotations

import asyncio
import random
from importlib import import_module
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.base import SessionBase
from django.db import InterfaceError, OperationalError

from agent_console.intake import access
from agent_console.intake.hub import Audience, Listener, hub_here
from agent_console.staff import expiry
from agent_console.staff.sessions import is_enough
from service_kit.threads import in_database_thread

CHECK_S = 60.0  # how long a session that ended goes on hearing, at most
_WAITING_MAX = 64  # texts for a page that does not take them: it comes back and asks what it missed
_TOO_SLOW, _SESSION_OVER = 4008, 4401


class ConsoleConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # channels ships no types
    """One open page of the console."""

    # The hub listens for all sockets: one that opens while Valkey is away opens.
    channel_layer_alias = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._listener: Listener | None = None
        self._texts: asyncio.Queue[str] = asyncio.Queue(_WAITING_MAX)
        self._tasks: list[asyncio.Task[None]] = []

    async def connect(self) -> None:
        """Accepts agents only; anybody else gets 403 during the handshake."""
        permissions = await in_database_thread(_permissions)(self.scope["session"])
        if not permissions:
            await self.close()
            return
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        self._listener = Listener(Audience(permissions, rows="rows" in asked), self._take)
        try:
            # Joined before accepting: the page's first fetch then covers everything before this.
            await hub_here().join(self._listener, after=_mark(asked.get("after", [""])[0]))
        except (OperationalError, InterfaceError):
            await self.close()
            return
        await self.accept()
        self._tasks = [
            asyncio.create_task(self._hand_on()),
            asyncio.create_task(self._check(permissions)),
        ]

    async def disconnect(self, code: int) -> None:
        for task in self._tasks:
            task.cancel()
        self._leave()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """The protocol has no client frames."""
        await self.close(code=1003)

    def _leave(self) -> None:
        if self._listener is not None:
            hub_here().leave(self._listener)
            self._listener = None

    def _take(self, text: str) -> None:
        if self._texts.full():
            self._leave()
            self._tasks.append(asyncio.ensure_future(self.close(_TOO_SLOW)))
        else:
            self._texts.put_nowait(text)

    async def _hand_on(self) -> None:
        while True:
            await self.send(text_data=await self._texts.get())

    async def _check(self, permissions: frozenset[str]) -> None:
        """Rows hold what people wrote: nobody hears them whose session or rights have ended."""
        await asyncio.sleep(random.uniform(0, CHECK_S))  # noqa: S311 - not all at once
        while True:
            try:
                now = await in_database_thread(_permissions)(self.scope["session"])
            except (OperationalError, InterfaceError):
                now = permissions  # nothing is read that could be heard
            if now != permissions:
                await self.close(_SESSION_OVER)
                return
            await asyncio.sleep(CHECK_S)


def _permissions(session: SessionBase) -> frozenset[str]:
    """What the session's agent may see, as it is now; nothing without one."""
    fresh = import_module(settings.SESSION_ENGINE).SessionStore(session.session_key)
    user = get_user(SimpleNamespace(session=fresh))  # type: ignore[arg-type]
    if not user.is_authenticated or expiry.is_over(fresh) or not is_enough(fresh, user):
        return frozenset()
    return frozenset(name for name in access.CONSOLE if user.has_perm(name))


def _mark(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
