"""Photos may be larger than other bodies: from whom, and how much of one is read."""

import json
from typing import Any

import pytest
from django.conf import settings

from agent_console.config.asgi import application
from agent_console.config.body_limit import BODY_MAX_BYTES, PHOTO_BODY_MAX_BYTES
from agent_console.photos.imaging import CONTENT_MAX_BYTES

ADDRESS = "/api/v1/photos"


def _bearer() -> str:
    return f"Bearer {settings.CONSOLE_API_TOKENS[0].secret}"


class Upload:
    """A client of the ASGI application that sends chunks for as long as they are read."""

    def __init__(self, *, authorization: str = "", says: int | None = None) -> None:
        self.taken = 0
        self.sent: list[dict[str, Any]] = []
        headers = [(b"host", b"localhost"), (b"content-type", b"image/jpeg")]
        if authorization:
            headers.append((b"authorization", authorization.encode()))
        if says is not None:
            headers.append((b"content-length", str(says).encode()))
        self._scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": ADDRESS,
            "raw_path": ADDRESS.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "server": ("localhost", 8000),
            "client": ("127.0.0.1", 1),
        }

    async def run(self) -> tuple[int, str]:
        async def receive() -> dict[str, Any]:
            self.taken += 100_000
            return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

        async def send(event: dict[str, Any]) -> None:
            self.sent.append(event)

        await application(self._scope, receive, send)
        return self.sent[0]["status"], json.loads(self.sent[1]["body"])["code"]


async def test_fifty_megabytes_are_refused_before_the_first_byte() -> None:
    upload = Upload(authorization=_bearer(), says=50_000_000)
    assert await upload.run() == (413, "body_too_large")
    assert upload.taken == 0


async def test_a_body_without_end_is_read_up_to_a_photos_size() -> None:
    upload = Upload(authorization=_bearer())
    assert await upload.run() == (413, "body_too_large")
    assert CONTENT_MAX_BYTES < upload.taken <= PHOTO_BODY_MAX_BYTES + 100_000


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic abc"])
async def test_a_stranger_sends_no_more_than_elsewhere(authorization: str) -> None:
    upload = Upload(authorization=authorization)
    assert await upload.run() == (413, "body_too_large")
    assert upload.taken <= BODY_MAX_BYTES + 100_000
