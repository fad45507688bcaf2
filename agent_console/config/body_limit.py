"""Bounds what a request may send before anything stores it.

Django spools a whole body to disk before it looks at its size.  A front proxy bounds bodies too;
this holds when there is none.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from service_kit.problems import CONTENT_TYPE, problem_body

type Event = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

BODY_MAX_BYTES = 1_000_000
_PROBLEM = problem_body(413, "body_too_large", "La demande est trop volumineuse.")
_BODY = json.dumps(_PROBLEM, ensure_ascii=False).encode()


class BodyTooLarge(Exception):
    """The client sent more than ``BODY_MAX_BYTES``."""


class BodyLimit:
    """ASGI middleware: answers 413 and reads no further."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        received = 0

        async def bounded() -> Event:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > BODY_MAX_BYTES:
                    raise BodyTooLarge
            return event

        try:
            await self._application(scope, bounded, send)
        except BodyTooLarge:
            # Django reads the whole body before it answers, so no answer has begun.
            await send(
                {
                    "type": "http.response.start",
                    "status": 413,
                    "headers": [
                        (b"content-type", CONTENT_TYPE.encode()),
                        (b"connection", b"close"),
                    ],
                }
            )
            await send({"type": "http.response.body", "body": _BODY})
