"""For tests only: a WebSocket client that talks to an ASGI application in the same process.

`channels.testing` does the same, but its package imports Daphne, which nothing else here needs.
"""

from __future__ import annotations

from typing import Any

from asgiref.testing import ApplicationCommunicator


class WebSocketClient:
    """One connection; frames are text."""

    def __init__(
        self, application: Any, path: str, *, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        scope = {
            "type": "websocket",
            "path": path.partition("?")[0],
            "raw_path": path.partition("?")[0].encode(),
            "query_string": path.partition("?")[2].encode(),
            "headers": headers or [],
            "subprotocols": [],
            "client": ["127.0.0.1", 50000],
            "server": ["testserver", 80],
            "scheme": "ws",
        }
        communicator: Any = ApplicationCommunicator  # asgiref leaves it untyped
        self._asgi = communicator(application, scope)

    async def connect(self, *, timeout_s: float = 5) -> bool:
        """Open the connection; False when the application refuses the handshake."""
        await self._asgi.send_input({"type": "websocket.connect"})
        answer = await self._asgi.receive_output(timeout_s)
        return bool(answer["type"] == "websocket.accept")

    async def send(self, text: str | None = None, *, data: bytes | None = None) -> None:
        await self._asgi.send_input({"type": "websocket.receive", "text": text, "bytes": data})

    async def receive(self, *, timeout_s: float = 5) -> str:
        """The next text frame; raises ``AssertionError`` when the application closed instead."""
        event = await self._asgi.receive_output(timeout_s)
        assert event["type"] == "websocket.send", event
        return str(event["text"])

    async def closed_with(self, *, timeout_s: float = 5) -> int:
        """The close code, once the frames sent before it are passed over."""
        while True:
            event = await self._asgi.receive_output(timeout_s)
            if event["type"] == "websocket.close":
                return int(event.get("code") or 1000)

    async def is_silent(self, *, during_s: float) -> bool:
        """True when nothing arrives for that long."""
        return bool(await self._asgi.receive_nothing(timeout=during_s, interval=0.01))

    async def close(self) -> None:
        """Leave as a browser does."""
        await self._asgi.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._asgi.wait(5)
