"""Lists that the wallet gives page by page."""

from collections.abc import Iterator, Mapping
from typing import Any

from .http import request

_PAGE = 100  # items
_PAGES_MAX = 50  # 5,000 items: more than a city has partners or offers; a loop ends in any case


def all_items(path: str, *, params: Mapping[str, str] | None = None) -> Iterator[dict[str, Any]]:
    """Every item behind ``path``, page after page; raises what ``request`` raises."""
    cursor: str | None = None
    for _ in range(_PAGES_MAX):
        asked = {**(params or {}), "limit": str(_PAGE), **({"cursor": cursor} if cursor else {})}
        body = request("GET", path, params=asked)
        yield from body["items"]
        cursor = body.get("next_cursor")
        if not cursor:
            return
