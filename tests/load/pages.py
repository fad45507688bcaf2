"""Every page that links lead to, one address for each of the console's routes."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.urls import Resolver404, resolve

_LINK = re.compile(r'\s(?:href|hx-get)="([^"#]+)')
_BEGIN = "/console/"


def pages(client: Any) -> Iterator[str]:
    """Addresses (path and query) that ``client`` may read, the nearest to the first page first.

    Of addresses that differ in their arguments only (two reports) the first that is met is taken;
    with and without a query are two.
    """
    seen: set[tuple[str, bool]] = set()
    waiting = deque([_BEGIN])
    while waiting:
        address = waiting.popleft()
        found = _route(address)
        if found is None or found in seen:
            continue
        seen.add(found)
        answer = client.get(address)
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        for link in _LINK.findall(answer.getvalue().decode()):
            waiting.append(urljoin(address, unescape(link)))
        yield address


def _route(address: str) -> tuple[str, bool] | None:
    """What distinguishes the kinds of addresses; ``None``: none of the console's own."""
    parts = urlsplit(address)
    if parts.netloc or parts.scheme:
        return None
    try:
        return resolve(parts.path).route, bool(parts.query)
    except Resolver404:
        return None
