"""Pages of lists that only know the way forward: the way back is kept in the address.

Such a list gives a cursor for its next page.  The address of a page holds the cursors that led to
it, so that « Précédent » is an ordinary link, and a page can be kept, sent and reloaded.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.http import HttpRequest

PARAMETER = "after"
# An address stays short enough for any server; whoever has gone further starts again from the top.
STEPS_MAX = 100


@dataclass(frozen=True)
class Pager:
    """Where a page stands; the links are empty when there is nowhere to go."""

    previous: str
    next: str


def cursors_of(request: HttpRequest) -> list[str]:
    """The cursors that led here, in order, up to the first one that can't be one."""
    found: list[str] = []
    for given in request.GET.getlist(PARAMETER):
        try:
            found.append(str(uuid.UUID(given)))
        except ValueError:
            break
    return found


def cursor_of(request: HttpRequest) -> str:
    """The cursor of the page that is asked for; empty for the first one."""
    cursors = cursors_of(request)
    return cursors[-1] if cursors else ""


def pager(request: HttpRequest, *, next_cursor: str) -> Pager:
    """The links around this page; what else the address asks for stays."""
    cursors = cursors_of(request)
    return Pager(
        previous=_link(request, cursors[:-1]) if cursors else "",
        next=_link(request, [*cursors, next_cursor][-STEPS_MAX:]) if next_cursor else "",
    )


def _link(request: HttpRequest, cursors: list[str]) -> str:
    asked = request.GET.copy()
    asked.setlist(PARAMETER, cursors)
    return f"?{asked.urlencode()}"
