"""Which pages may open the chat's WebSocket.

Browsers send cookies and let any page open a WebSocket anywhere (no same-origin policy), so the
server has to look at `Origin` itself (RFC 6455 §10.2). Without a known origin nothing is opened.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host

_DEFAULT_PORTS = {"http": "80", "https": "443"}


def _headers(scope: dict[str, Any], name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def origin_allowed(scope: dict[str, Any]) -> bool:
    """True for a page of this very site, or of one listed in ``settings.WEB_CHAT_ORIGINS``.

    ``WEB_CHAT_ORIGINS`` holds exact origins, ``https://site.example[:port]``; there is no wildcard.
    A missing, repeated, opaque (``null``) or unreadable origin is refused.
    """
    origins = _headers(scope, b"origin")
    if len(origins) != 1:
        return False
    origin = origins[0]
    if origin in settings.WEB_CHAT_ORIGINS:
        return True
    hosts = _headers(scope, b"host")
    if len(hosts) != 1:
        return False
    try:
        parts = urlsplit(origin)
        default_port = _DEFAULT_PORTS[parts.scheme]
        origin_port = str(parts.port or default_port)
    except (ValueError, KeyError):
        return False
    host, host_port = split_domain_port(hosts[0])
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return False
    return (parts.hostname or "", origin_port) == (host, host_port or default_port)


def request_origin_allowed(request: HttpRequest) -> bool:
    """``origin_allowed`` for a plain request."""
    given = [(b"host", request.get_host().encode())]
    if "Origin" in request.headers:
        given.append((b"origin", request.headers["Origin"].encode("latin-1", "replace")))
    return origin_allowed({"headers": given})


class OriginGuard:
    """ASGI wrapper that answers 403 to a WebSocket whose origin is not allowed."""

    def __init__(self, application: Any) -> None:
        self._application = application

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> Any:
        if origin_allowed(scope):
            return await self._application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)
