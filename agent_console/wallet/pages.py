"""Lists that the wallet gives page by page."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .http import request

PAGE = 100  # items, the most that the wallet gives at once
_PAGES_MAX = 50  # 5,000 items: more than a city has partners or offers; a loop ends in any case


@dataclass(frozen=True)
class Page[T]:
    """Some items of a list; ``next_cursor`` is empty on the last page."""

    items: list[T]
    next_cursor: str


def one_page[T](
    path: str,
    read: Callable[[dict[str, Any]], T],
    *,
    cursor: str,
    limit: int,
    params: Mapping[str, str] | None = None,
) -> Page[T]:
    """The page behind ``cursor`` (empty: the first one); raises what ``request`` raises."""
    return page_of(request("GET", path, params=_asked(params, limit, cursor)), read)


def page_of[T](body: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> Page[T]:
    """What the wallet answered, read item by item."""
    return Page([read(item) for item in body["items"]], str(body.get("next_cursor") or ""))


def all_items(
    path: str, *, params: Mapping[str, str] | None = None, pages_max: int = _PAGES_MAX
) -> Iterator[dict[str, Any]]:
    """Every item behind ``path``, page after page; raises what ``request`` raises."""
    cursor = ""
    for _ in range(pages_max):
        body = request("GET", path, params=_asked(params, PAGE, cursor))
        yield from body["items"]
        cursor = body.get("next_cursor") or ""
        if not cursor:
            return


def _asked(params: Mapping[str, str] | None, limit: int, cursor: str) -> dict[str, str]:
    return {**(params or {}), "limit": str(limit), **({"cursor": cursor} if cursor else {})}
