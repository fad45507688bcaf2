"""Bounds what a request may send before anything stores it.

Django spools a whole body to disk before it looks at its size.  A front proxy bounds bodies too;
this holds when there is none.  Photos may be larger, from a service that proves it may send them.
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from service_kit.problems import CONTENT_TYPE, problem_body
from service_kit.tokens import ServiceToken, ServiceTokenAuth

type Event = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

BODY_MAX_BYTES = 1_000_000
PHOTO_BODY_MAX_BYTES = 10_100_000  # the largest photo, in a form
_PHOTO_PATH = "/api/v1/photos"
_PHOTO_SCOPE = "photos:write"
_PROBLEM = problem_body(413, "body_too_large", "La demande est trop volumineuse.")
_BODY = json.dumps(_PROBLEM, ensure_ascii=False).encode()


class BodyTooLarge(Exception):
    """The client sent more than it may."""


class BodyLimit:
    """ASGI middleware: answers 413 and reads no further."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._tokens = ServiceTokenAuth(settings.CONSOLE_API_TOKENS)

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._application(scope, receive, send)
            return
        limit = self._limit(scope)
        said = _header(scope, b"content-length")
        if said.isdigit() and int(said) > limit:
            await _refuse(send)
            return
        received = 0

        async def bounded() -> Event:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
                if received > limit:
                    raise BodyTooLarge
            return event

        try:
            await self._application(scope, bounded, send)
        except BodyTooLarge:
            # Django reads the whole body before it answers, so no answer has begun.
            await _refuse(send)

    def _limit(self, scope: Mapping[str, Any]) -> int:
        """What this request may send, in bytes."""
        if (scope["method"], scope["path"]) != ("POST", _PHOTO_PATH):
            return BODY_MAX_BYTES
        kind, _, secret = _header(scope, b"authorization").decode("latin-1").partition(" ")
        token: ServiceToken | None = None
        if kind.lower() == "bearer":
            token = self._tokens.authenticate(HttpRequest(), secret)
        return PHOTO_BODY_MAX_BYTES if token and _PHOTO_SCOPE in token.scopes else BODY_MAX_BYTES


def _header(scope: Mapping[str, Any], name: bytes) -> bytes:
    found: bytes = next((value for key, value in scope["headers"] if key.lower() == name), b"")
    return found


async def _refuse(send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [(b"content-type", CONTENT_TYPE.encode()), (b"connection", b"close")],
        }
    )
    await send({"type": "http.response.body", "body": _BODY})
