"""Open widgets that do nothing: ``python -m tests.load.widgets URL ORIGIN``, a process of its own.

Reads session tokens, one a line, up to an empty one; says hello with each, prints ``open N``, then
reads commands: ``ping`` measures the exchange on some of them and prints milliseconds; the end of
the input ends it.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

_AT_ONCE = 40
_PINGED = 200


async def _hello(url: str, origin: str, session: str, gate: asyncio.Semaphore) -> ClientConnection:
    # Compression is offered as every browser offers it.
    async with gate:
        socket = await connect(
            url, origin=Origin(origin), ping_interval=None, open_timeout=60, max_queue=2
        )
        await socket.send(
            json.dumps({"type": "hello", "version": 1, "session": session, "after": 1})
        )
        await _next(socket, "welcome")
        return socket


async def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    while True:
        frame: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 60))
        if frame["type"] == kind:
            return frame


async def _pings(sockets: list[ClientConnection]) -> list[float]:
    loop, times = asyncio.get_running_loop(), []
    for socket in sockets[:: max(1, len(sockets) // _PINGED)]:
        start = loop.time()
        await socket.send('{"type": "ping"}')
        await _next(socket, "pong")
        times.append(1000 * (loop.time() - start))
    return times


async def main(url: str, origin: str) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    sessions = [line.strip() for line in iter(sys.stdin.readline, "\n")]
    gate = asyncio.Semaphore(_AT_ONCE)
    sockets = await asyncio.gather(*(_hello(url, origin, one, gate) for one in sessions))
    print(f"open {len(sockets)}", flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps(await _pings(list(sockets))), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
