"""What client processes share: sockets from several addresses, commands by lines."""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import sys
from collections.abc import AsyncIterator
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

_AT_ONCE = 40
_ADDRESSES = 8  # an address has some 28,000 ports for one server, and those just closed rest


class Opener:
    """Opens sockets to one server, a few at a time, as browsers do (compression is offered)."""

    def __init__(self, origin: str) -> None:
        self._origin = Origin(origin)
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._opened = 0

    async def open(self, url: str, *, cookie: str = "") -> ClientConnection:
        """Raises ``OSError``, ``TimeoutError`` and ``WebSocketException``."""
        self._opened += 1
        async with self._gate:
            return await connect(
                url,
                origin=self._origin,
                additional_headers={"Cookie": cookie} if cookie else None,
                local_addr=(f"127.0.0.{2 + self._opened % _ADDRESSES}", 0),
                open_timeout=60,
                ping_interval=None,
                max_size=2**22,
            )


def prepare() -> None:
    """As many open files as this process may have, and no pauses of its own in what it times."""
    gc.disable()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


async def commands() -> AsyncIterator[tuple[str, Any]]:
    """``name JSON``, one a line, until the input ends."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        name, _, argument = line.strip().partition(" ")
        yield name, json.loads(argument or "null")


def answer(value: object) -> None:
    print(json.dumps(value), flush=True)


class Clients:
    """A process of clients, as the one that commands it sees it."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, module: str, *arguments: str) -> Clients:
        return cls(
            await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", module, *arguments),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                limit=2**26,
            )
        )

    async def ask(self, name: str, argument: object = None) -> Any:
        """Its answer to one command."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{name} {json.dumps(argument)}\n".encode())
        await self._process.stdin.drain()
        line = await self._process.stdout.readline()
        assert line, f"the clients ended at {name}"
        return json.loads(line)

    async def end(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        await self._process.wait()
