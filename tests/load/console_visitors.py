"""Open widgets of which some speak: ``python -m tests.load.console_visitors URL ORIGIN``.

Each keeps what it said until it is accepted and what it was sent by number; when its socket goes it
comes back with the last number, as the widget does. Commands: ``sockets.commands``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import uuid
from collections.abc import Sequence
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import WebSocketException

from .arrivals import moments
from .sockets import Opener, answer, commands, prepare

_PAUSE_S = 0.5
_PATIENCE_S = 60.0


class Visitor:
    """One widget, with the first message of its conversation before it."""

    def __init__(self, url: str, token: str, opener: Opener) -> None:
        self._url, self._token, self._opener = url, token, opener
        self._socket: ClientConnection | None = None
        self._waiting: dict[str, str] = {}
        self.said: list[str] = []
        self.messages: dict[int, str] = {1: ""}
        self.repeated = 0
        self.refused: list[str] = []

    async def open(self) -> None:
        socket = await self._opener.open(self._url)
        after = max(self.messages)
        hello = {"type": "hello", "version": 1, "session": self._token, "after": after}
        await socket.send(json.dumps(hello))
        self._take(json.loads(await asyncio.wait_for(socket.recv(), 60)))
        for key, text in self._waiting.items():
            await socket.send(json.dumps({"type": "send", "id": key, "text": text}))
        self._socket = socket

    async def stay(self) -> None:
        """Read for ever, over any number of sockets."""
        while True:
            try:
                if self._socket is None:
                    await self.open()
                assert self._socket is not None
                async for text in self._socket:
                    self._take(json.loads(text))
            except (OSError, TimeoutError, WebSocketException):
                pass
            self._socket = None
            await asyncio.sleep(_PAUSE_S)

    def begin(self) -> None:
        """Forget what was said in runs before; what is held stays."""
        self.said.clear()

    async def say(self, text: str) -> None:
        key = str(uuid.uuid4())
        self._waiting[key] = text
        self.said.append(text)
        await self._send({"type": "send", "id": key, "text": text})

    async def ask_again(self) -> None:
        """What was refused for the moment is said again; what was missed is sent again."""
        for key, text in list(self._waiting.items()):
            await self._send({"type": "send", "id": key, "text": text})
        await self._send({"type": "ack", "seq": max(self.messages)})

    def has_all(self) -> bool:
        """Accepted, and come back: what is said stands in the conversation too."""
        return not self._waiting and set(self.said) <= set(self.messages.values())

    def gaps(self) -> int:
        return max(self.messages) - len(self.messages)

    def duplicates(self) -> int:
        texts = [text for text in self.messages.values() if text]
        return self.repeated + len(texts) - len(set(texts))

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is None:
            return  # it is said again when the socket opens
        try:
            await self._socket.send(json.dumps(frame))
        except (OSError, WebSocketException):
            self._socket = None

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "accepted":
                self._waiting.pop(frame["id"], None)
            case "messages":
                for item in frame["items"]:
                    self.repeated += item["seq"] in self.messages
                    self.messages[item["seq"]] = item["text"]
            case "error":
                self.refused.append(frame["code"])


async def _talk(visitors: Sequence[Visitor], plan: dict[str, Any]) -> int:
    """Say what is planned at its moments, whether or not it is accepted; how much that was."""
    for visitor in visitors:
        visitor.begin()
    loop = asyncio.get_running_loop()
    start, at_s = loop.time(), moments(rate=plan["rate"], seconds=plan["seconds"], seed=11)
    speaking = set[asyncio.Task[None]]()
    for number, at in enumerate(at_s):
        await asyncio.sleep(max(0.0, start + at - loop.time()))
        visitor = visitors[number % len(visitors)]
        task = asyncio.create_task(visitor.say(f"{plan['name']} {number}, toujours personne"))
        speaking.add(task)
        task.add_done_callback(speaking.discard)
    return len(at_s)


async def _settled(visitors: Sequence[Visitor]) -> dict[str, int]:
    """Wait until everybody has what they said, at most ``_PATIENCE_S``; what is missing then."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE_S
    while loop.time() < deadline and (late := [one for one in visitors if not one.has_all()]):
        for visitor in late:
            await visitor.ask_again()
        await asyncio.sleep(2 * _PAUSE_S)
    return {
        "said": sum(len(one.said) for one in visitors),
        "lost": sum(len(set(one.said) - set(one.messages.values())) for one in visitors),
        "gaps": sum(one.gaps() for one in visitors),
        "duplicated": sum(one.duplicates() for one in visitors),
        "refused": sum(len(one.refused) for one in visitors),
    }


async def main(url: str, origin: str) -> None:
    prepare()
    opener, visitors = Opener(origin), list[Visitor]()
    tasks: list[asyncio.Task[None]] = []
    async for name, argument in commands():
        match name:
            case "open":
                visitors += [Visitor(url, token, opener) for token in argument]
                await asyncio.gather(*(visitor.open() for visitor in visitors))
                tasks += [asyncio.create_task(visitor.stay()) for visitor in visitors]
                answer(len(visitors))
            case "talk":
                answer(await _talk(visitors, argument))
            case "settle":
                answer(await _settled(visitors))
    for task in tasks:
        task.cancel()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
