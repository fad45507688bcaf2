"""Who the client is: whom a trusted proxy names, and nobody's own word."""

import asyncio
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from agent_console.config.settings.proxies import check


@pytest.mark.parametrize(
    ("proxies", "peer", "said", "client"),
    [
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.9, 192.0.2.7", "192.0.2.7"),
        ("10.0.0.0/8", "10.1.2.3", "192.0.2.7, 10.4.5.6", "192.0.2.7"),
        # Not one of ours, or none is: whoever connects is the client, whatever they say.
        ("10.0.0.0/8", "203.0.113.5", "192.0.2.7", "203.0.113.5"),
        ("", "127.0.0.1", "192.0.2.7", "127.0.0.1"),
    ],
)
def test_the_server_believes_its_proxies_only(
    proxies: str, peer: str, said: str, client: str
) -> None:
    seen: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    scope = {
        "type": "http",
        "client": (peer, 1),
        "headers": [(b"x-forwarded-for", said.encode())],
        "scheme": "http",
    }
    server: Any = ProxyHeadersMiddleware(application, trusted_hosts=proxies)
    asyncio.run(server(scope, None, None))
    assert seen == [client]


@pytest.mark.parametrize("proxies", [["*"], ["0.0.0.0/0"], ["::/0"], ["proxy.example"]])
def test_everybody_is_no_proxy(proxies: list[str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        check(proxies)
    check(["10.0.0.0/8", "192.0.2.1", "fd00::/8"])
