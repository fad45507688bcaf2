"""A body that is too large is refused while it arrives."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from agent_console.config.asgi import application
from agent_console.config.body_limit import BODY_MAX_BYTES


def _scope(path: str) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"localhost")],
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }


async def test_the_rest_of_a_large_body_is_never_read() -> None:
    chunks: Iterator[bytes] = iter([b"x" * 100_000] * 1000)
    taken = 0
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        body = next(chunks)
        taken += len(body)
        return {"type": "http.request", "body": body, "more_body": True}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await application(_scope("/console/login/"), receive, send)
    assert sent[0]["status"] == 413
    problem = json.loads(sent[1]["body"])
    assert problem["code"] == "body_too_large"
    assert "trop volumineuse" in problem["message"]
    assert taken <= BODY_MAX_BYTES + 100_000


@pytest.mark.django_db
async def test_an_ordinary_body_passes() -> None:
    sent: list[dict[str, Any]] = []
    events = iter([{"type": "http.request", "body": b"a=b", "more_body": False}])
    still_there = asyncio.Event()

    async def receive() -> dict[str, Any]:
        for event in events:
            return event
        await still_there.wait()
        return {"type": "http.disconnect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)

    await application(_scope("/console/login/"), receive, send)
    assert sent[0]["status"] == 403  # no CSRF token: Django answered, not the limit
