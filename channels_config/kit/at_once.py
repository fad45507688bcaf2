"""Webhooks that only keep what they bring, answered without the machinery of pages.

Sessions, policies of content, and a thread and a connection for each request cost several times
what keeping a message does; a provider that brings a hundred a second pays for none of them here.
The views are Django's own and stand in the ``urls.py`` of their channels as well.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from io import BytesIO
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse

type Event = Mapping[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]
type View = Callable[[HttpRequest], Awaitable[HttpResponse]]


class AtOnce:
    """ASGI middleware: ``views`` by their exact path, anything else to ``application``.

    ``most``: how many bytes of a body are read; a view refuses one that is longer.
    """

    def __init__(self, application: Application, views: Mapping[str, View], *, most: int) -> None:
        self._application = application
        self._views = views
        self._most = most

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        view = self._views.get(scope["path"]) if scope["type"] == "http" else None
        if view is None:
            await self._application(scope, receive, send)
            return
        body = await self._body(receive)
        if body is not None:
            await _answer(send, await view(ASGIRequest(scope, BytesIO(body))))

    async def _body(self, receive: Receive) -> bytes | None:
        """What came, at most one byte above the limit; ``None`` when the provider hung up."""
        parts: list[bytes] = []
        size, is_more = 0, True
        while is_more and size <= self._most:
            event = await receive()
            if event["type"] == "http.disconnect":
                return None
            parts.append(event.get("body", b""))
            size += len(parts[-1])
            is_more = event.get("more_body", False)
        return b"".join(parts)[: self._most + 1]


async def _answer(send: Send, response: HttpResponse) -> None:
    headers = [(name.encode(), value.encode()) for name, value in response.items()]
    headers.append((b"content-length", str(len(response.content)).encode()))
    await send({"type": "http.response.start", "status": response.status_code, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
