"""Which pages may open the chat."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from channels_config.web.origins import origin_allowed

SITE = "https://www.aubagne.example"


@pytest.fixture(autouse=True)
def _hosts(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["mdmp.example", "localhost"]
    settings.WEB_CHAT_ORIGINS = [SITE]


def allowed(origin: str | None, host: str = "mdmp.example") -> bool:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return origin_allowed({"headers": headers})


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("https://mdmp.example", "mdmp.example"),
        ("http://localhost:8000", "localhost:8000"),
        (SITE, "mdmp.example"),
    ],
)
def test_our_pages_and_the_listed_sites_may(origin: str, host: str) -> None:
    assert allowed(origin, host)


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        (None, "mdmp.example"),
        ("null", "mdmp.example"),
        ("", "mdmp.example"),
        ("https://evil.example", "mdmp.example"),
        ("https://mdmp.example.evil.example", "mdmp.example"),
        ("https://mdmp.example:8443", "mdmp.example"),
        ("http://localhost:9000", "localhost:8000"),
        ("http://www.aubagne.example", "mdmp.example"),
        ("file://mdmp.example", "mdmp.example"),
        ("https://mdmp.example:notaport", "mdmp.example"),
        # Same origin as the Host header, but the host is not ours (DNS rebinding).
        ("https://evil.example", "evil.example"),
    ],
)
def test_everything_else_is_refused(origin: str | None, host: str) -> None:
    assert not allowed(origin, host)


def test_two_origins_are_refused() -> None:
    headers = [
        (b"host", b"mdmp.example"),
        (b"origin", b"https://mdmp.example"),
        (b"origin", b"https://evil.example"),
    ]
    assert not origin_allowed({"headers": headers})
