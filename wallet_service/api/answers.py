"""What the routes of offers and partners share: declared problems, and kept answers rendered."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

from ninja import Status

from service_kit.openapi import problems
from wallet_service.ledger.idempotency import Answer

READ_PROBLEMS = problems(401, 403, 404, 409, 422, 503)
WRITE_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 422, 503)


def status_of(answer: Answer) -> Status[Any]:
    """The first answer to a write, again and again."""
    return Status(answer.status, answer.body)


def page_of[T](
    found: Sequence[T],
    *,
    limit: int,
    cursor: Callable[[T], uuid.UUID],
    bodies: Callable[[list[T]], list[dict[str, Any]]],
) -> dict[str, Any]:
    """A page of at most ``limit`` from one more than that, to know if there is a next."""
    shown = list(found[:limit])
    return {
        "items": bodies(shown),
        "next_cursor": cursor(shown[-1]) if len(found) > limit else None,
    }
