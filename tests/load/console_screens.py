"""Open consoles that hold the list: ``python -m tests.load.console_screens URL ORIGIN``.

Each keeps the rows that its socket brings and the mark up to which it knows; when the socket goes
it comes back with the mark, as the page's script does. Commands: ``sockets.commands``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from .figures import percentile
from .sockets import Opener, answer, commands, prepare

_PAUSE_S = 0.5


@lru_cache(maxsize=256)
def _parsed(text: str) -> dict[str, Any]:
    # Every screen gets the same text: what it costs to read it 300 times is not what is measured.
    found: dict[str, Any] = json.loads(text)
    return found


class Screen:
    """One console. ``came``: by conversation, the numbers shown and the moments, in order."""

    def __init__(self, url: str, cookie: str, opener: Opener) -> None:
        self._url, self._cookie, self._opener = url, cookie, opener
        self._mark: int | None = None
        self.socket: ClientConnection | None = None
        self.held: dict[str, tuple[int, int]] = {}
        self.came: dict[str, tuple[list[int], list[float]]] = {}
        self.repeated = self.backwards = self.unlisted = self.comebacks = 0

    async def open(self) -> None:
        url = self._url + (f"&after={self._mark}" if self._mark is not None else "")
        self.socket = await self._opener.open(url, cookie=self._cookie)
        self._take(_parsed(str(await asyncio.wait_for(self.socket.recv(), 60))))

    async def stay(self) -> None:
        """Read for ever, over any number of sockets."""
        while True:
            try:
                if self.socket is None:
                    await self.open()
                    self.comebacks += 1
                assert self.socket is not None
                async for text in self.socket:
                    self._take(_parsed(str(text)))
            except (OSError, TimeoutError, WebSocketException):
                pass
            self.socket = None
            await asyncio.sleep(_PAUSE_S)

    def _take(self, frame: Mapping[str, Any]) -> None:
        now = time.time()
        self._mark = frame["mark"]
        rows = frame.get("rows", [])
        self.unlisted += rows is None
        for row in rows or ():
            state = row["seq"], row["changed"]
            held = self.held.get(row["id"])
            if held == state:
                self.repeated += 1
                continue
            self.backwards += held is not None and state[0] < held[0]
            self.held[row["id"]] = state
            numbers, moments = self.came.setdefault(row["id"], ([], []))
            numbers.append(row["seq"])
            moments.append(now)


def _latencies(
    screens: Sequence[Screen], messages: Sequence[tuple[str, int, float]], patience_ms: float
) -> Any:
    """Milliseconds from ``messages`` (conversation, number, moment) to each screen's row.

    What a screen does not show counts as ``patience_ms``.
    """
    times: list[float] = []
    missing = 0
    for screen in screens:
        for conversation, seq, at in messages:
            numbers, moments = screen.came.get(conversation, ((), ()))
            place = bisect_left(numbers, seq)
            if place < len(numbers):
                times.append(1000 * (moments[place] - at))
            else:
                missing += 1
                times.append(patience_ms)
    found = {f"p{percent}": percentile(times, percent) for percent in (50, 95, 99)}
    return {"ms": found, "count": len(times), "missing": missing}


def _compared(screens: Sequence[Screen], truth: Mapping[str, Sequence[int]]) -> dict[str, int]:
    """How what the screens hold differs from the database: numbers not shown, other states."""
    behind = other = 0
    for screen in screens:
        for conversation, (first, seq, changed) in truth.items():
            held = screen.held.get(conversation, (first, 0))
            behind += max(0, seq - held[0])
            other += held[0] == seq and held[1] != changed
    return {
        "behind": behind,
        "other_state": other,
        **{
            name: sum(getattr(screen, name) for screen in screens)
            for name in ("repeated", "backwards", "unlisted", "comebacks")
        },
    }


async def main(url: str, origin: str) -> None:
    prepare()
    opener, screens = Opener(origin), list[Screen]()
    tasks: list[asyncio.Task[None]] = []
    async for name, argument in commands():
        match name:
            case "open":
                screens += [Screen(url, cookie, opener) for cookie in argument]
                await asyncio.gather(*(screen.open() for screen in screens))
                tasks += [asyncio.create_task(screen.stay()) for screen in screens]
                answer(len(screens))
            case "forget":
                for screen in screens:
                    screen.came.clear()
                answer(None)
            case "drop":  # the network goes, without a word
                for screen in screens[:argument]:
                    if screen.socket is not None:
                        screen.socket.transport.abort()
                answer(None)
            case "latencies":
                answer(_latencies(screens, **argument))
            case "compare":
                answer(_compared(screens, argument))
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
