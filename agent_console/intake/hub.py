"""What all console sockets of one process hear, heard once.

Whoever writes says after the commit which topics changed (``conversations/announce.py``). A group
of 300 sockets would receive, decode and send each of these words 300 times. Here one listener does:
it merges what comes over ``MERGE_S``, reads the changed rows of the conversations' list once, makes
one text for each kind of listener, and hands it to them.

The channel layer is at-most-once, the database is not. Rows are found by what the database says
has changed since the last look, also without a word (every ``CATCH_UP_S``). For the other topics
the listener sends itself a beat: one that does not come back means that words may be lost, and
every page is told to fetch what it shows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from channels.layers import get_channel_layer
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

from agent_console.conversations.announce import CONSOLE_GROUP
from agent_console.conversations.desk.changes import Changes, changes_mark, changes_since
from agent_console.intake import access, topics
from agent_console.intake.rows import Row, rendered
from service_kit.logs import get_logger
from service_kit.threads import in_database_thread

MERGE_S = 0.2  # a burst of messages makes one frame: 300 consoles are not told 50 times a second
CATCH_UP_S = 1.0
BEAT_S = 0.5
# Rows that a look, or a socket which comes back, hands over: ten seconds of a very busy hour. More
# are another list, and pages fetch it.
ROWS_MAX = MISSED_MAX = 500
KEPT_MAX = 2000
_RETRY_S = 1.0

logger = get_logger(__name__)


@dataclass(frozen=True)
class Audience:
    """Listeners that get the same text. ``rows``: their page shows the conversations' list."""

    permissions: frozenset[str]
    rows: bool

    @property
    def sees_rows(self) -> bool:
        return self.rows and access.VIEW_CONVERSATIONS in self.permissions


@dataclass(frozen=True, eq=False)
class Listener:
    """One socket: ``hand`` takes a text at once and never waits."""

    audience: Audience
    hand: Callable[[str], None]


class Hub:
    """Works while somebody listens."""

    def __init__(self) -> None:
        self._listeners: set[Listener] = set()
        self._joined = 0  # and those that are about to be
        self._tasks: list[asyncio.Task[None]] = []
        self._hears, self._wake = asyncio.Event(), asyncio.Event()
        self._reading = asyncio.Lock()
        self._topics: set[str] = set()
        self._is_stale = False
        self._beats_sent = self._beats_heard = 0
        # Everything that changed from the mark ``_from`` to ``_after`` is in ``_kept``.
        self._from = self._after = 0
        self._kept: dict[UUID, Row] = {}

    async def join(self, listener: Listener, *, after: int | None = None) -> None:
        """Hand ``listener`` all that is new from now on, and first what it missed since the mark.

        ``leave`` must follow, also a failure: ``OperationalError``, ``InterfaceError``.
        """
        self._joined += 1
        async with self._reading:
            if not self._tasks:
                self._begin(await in_database_thread(changes_mark)())
                with suppress(TimeoutError):  # while Valkey is away, rows come without a word
                    await asyncio.wait_for(self._hears.wait(), _RETRY_S)
            sees_rows = listener.audience.sees_rows
            if sees_rows and after is not None and after < self._from:
                await self._look_back(after)
            # Nothing waits from here on, so nothing falls between what was missed and what comes.
            self._listeners.add(listener)
            if sees_rows:
                listener.hand(self._missed(after))

    def leave(self, listener: Listener) -> None:
        """Hand nothing more to ``listener``; the last one to leave ends the work."""
        self._listeners.discard(listener)
        self._joined -= 1
        if not self._joined:
            for task in self._tasks:
                task.cancel()
            self._hears.clear()
            self._tasks, self._topics, self._kept = [], set(), {}

    def _begin(self, mark: int) -> None:
        self._from = self._after = mark
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._tell())]

    def _missed(self, after: int | None) -> str:
        if after is None:
            return self._text(set(), [])
        rows = [row for row in self._kept.values() if row.changed >= after]
        is_known = after >= self._from and len(rows) <= MISSED_MAX
        return self._text(set(), rows if is_known else None)

    async def _listen(self) -> None:
        layer = get_channel_layer()
        while True:
            try:
                await self._listen_to(layer)
            except (OSError, RedisError) as failure:
                logger.warning("console deaf", extra={"code": type(failure).__name__})
            self._hears.clear()
            self._beats_sent += 1  # the first one that is heard is not the next
            await asyncio.sleep(_RETRY_S)

    async def _listen_to(self, layer: Any) -> None:
        channel = await layer.new_channel()
        await layer.group_add(CONSOLE_GROUP, channel)
        self._hears.set()
        beating = asyncio.create_task(self._beat(layer, channel))
        try:
            while True:
                self._hear(await layer.receive(channel))
        finally:
            beating.cancel()
            with suppress(OSError, RedisError):
                await layer.group_discard(CONSOLE_GROUP, channel)

    async def _beat(self, layer: Any, channel: str) -> None:
        while True:
            self._beats_sent += 1
            with suppress(OSError, RedisError):
                await layer.send(channel, {"type": "beat", "number": self._beats_sent})
            await asyncio.sleep(BEAT_S)

    def _hear(self, event: Mapping[str, Any]) -> None:
        if event["type"] == "beat":
            # One that comes late is no loss: what was said before it has come before it.
            is_next = event["number"] == self._beats_heard + 1
            self._beats_heard = event["number"]
            if is_next:
                return
            logger.warning("words may have been missed", extra={"code": "console_deaf"})
            self._is_stale = True
        else:
            self._topics.update(event["topics"])
        self._wake.set()

    async def _tell(self) -> None:
        while True:
            try:
                await asyncio.wait_for(self._wake.wait(), CATCH_UP_S)
                await asyncio.sleep(MERGE_S)
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                async with self._reading:
                    await self._read_and_hand()
            except (OperationalError, InterfaceError) as failure:
                # What changed is found at the next look; topics that were heard wait for it.
                logger.warning("console not told", extra={"code": type(failure).__name__})
            except Exception:  # a fault at one look silences no page for good
                logger.exception("console not told")

    async def _read_and_hand(self) -> None:
        known = {pk: row.changed for pk, row in self._kept.items() if row.changed >= self._after}
        changes, rows = await in_database_thread(_read)(
            after=self._after, before=None, known=known, limit=ROWS_MAX
        )
        self._keep(rows, changes)
        heard, self._topics = self._topics, set()
        is_stale, self._is_stale = self._is_stale, False
        self._hand(heard, None if changes.are_too_many else rows, is_stale=is_stale)

    async def _look_back(self, after: int) -> None:
        known = {pk: row.changed for pk, row in self._kept.items()}
        changes, rows = await in_database_thread(_read)(
            after=after, before=self._from, known=known, limit=MISSED_MAX
        )
        if not changes.are_too_many:
            # They are older than all that is kept: first, so that they are the first to go.
            self._kept = {row.id: row for row in rows} | self._kept
            self._from = after

    def _keep(self, rows: Sequence[Row], changes: Changes) -> None:
        self._after = changes.after
        if changes.are_too_many:
            self._kept, self._from = {}, changes.after
        for row in rows:
            self._kept.pop(row.id, None)
            self._kept[row.id] = row
        while len(self._kept) > KEPT_MAX:
            gone = self._kept.pop(next(iter(self._kept)))
            self._from = max(self._from, gone.changed + 1)

    def _hand(self, heard: set[str], rows: Sequence[Row] | None, *, is_stale: bool) -> None:
        texts: dict[Audience, str] = {}
        for listener in list(self._listeners):
            audience = listener.audience
            if audience not in texts:
                seen = topics.visible(heard, audience.permissions)
                shown = rows if audience.sees_rows else []
                is_news = seen or is_stale or shown or shown is None
                texts[audience] = self._text(seen, shown, is_stale=is_stale) if is_news else ""
            if texts[audience]:
                listener.hand(texts[audience])

    def _text(self, seen: set[str], rows: Sequence[Row] | None, *, is_stale: bool = False) -> str:
        frame: dict[str, object] = {"type": "changed", "topics": sorted(seen), "mark": self._after}
        if rows is None:
            frame["rows"] = None
        elif rows:
            frame["rows"] = [row.frame() for row in rows]
        if is_stale:
            frame["stale"] = True
        return json.dumps(frame, ensure_ascii=False)


def _read(
    *, after: int, before: int | None, known: Mapping[UUID, int], limit: int
) -> tuple[Changes, list[Row]]:
    changes = changes_since(after=after, before=before, known=known, limit=limit)
    try:
        return changes, rendered(changes.rows)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # The look goes on behind a row that can't be shown, or it would hold up all that follow.
        logger.exception("row can't be shown")
        return replace(changes, rows=[], are_too_many=True), []


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub_here() -> Hub:
    """The hub of the running event loop: one of each process."""
    loop = asyncio.get_running_loop()
    for ended in [other for other in _hubs if other.is_closed()]:
        del _hubs[ended]
    return _hubs.setdefault(loop, Hub())
