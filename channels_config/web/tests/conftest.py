"""Fixtures of the web channel: real PostgreSQL and Valkey behind the real routing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from agent_console.config.asgi import application
from channels_config.web.asyncapi import document
from service_kit.testing import WebSocketClient

DESCRIBED = document()
FIXTURES = Path(__file__).parent / "fixtures"


class ChatClient:
    """A client of the protocol, written from its description only, to which it holds the server."""

    def __init__(self, origin: str | None = "http://testserver") -> None:
        headers = [(b"host", b"testserver")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        self.socket = WebSocketClient(application, "/ws/chat/", headers=headers)

    async def say(self, **frame: Any) -> None:
        await self.socket.send(json.dumps(frame))

    async def next(self) -> dict[str, Any]:
        frame: dict[str, Any] = json.loads(await self.socket.receive())
        assert_described(frame)
        return frame

    async def next_of(self, *types: str) -> dict[str, Any]:
        """The next frame of one of ``types``; others are passed over."""
        while True:
            frame = await self.next()
            if frame["type"] in types:
                return frame

    async def hello(
        self, session: str | None = None, after: int = 0, **more: Any
    ) -> dict[str, Any]:
        await self.socket.connect()
        await self.say(type="hello", version=1, session=session, after=after, **more)
        return await self.next()


def assert_described(frame: dict[str, Any]) -> None:
    """Fails when the AsyncAPI document does not say that such a frame may come."""
    message = DESCRIBED["components"]["messages"][frame["type"]]
    schema = {"components": DESCRIBED["components"], **message["payload"]}
    Draft202012Validator(schema, format_checker=FormatChecker()).validate(frame)


@pytest.fixture
def chat_client() -> Callable[..., ChatClient]:
    return ChatClient


@pytest.fixture
def frames() -> Callable[[str], list[dict[str, Any]]]:
    """Recorded frames by file name."""

    def load(name: str) -> list[dict[str, Any]]:
        loaded: list[dict[str, Any]] = json.loads((FIXTURES / name).read_text(encoding="utf-8"))
        return loaded

    return load
