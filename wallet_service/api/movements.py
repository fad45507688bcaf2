"""``/v1/movements``: points given, exchanged, used and lost by day."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from service_kit.tokens import require_scope
from wallet_service.ledger.movements import movements
from wallet_service.rewards.giving import given_by_rule

from .answers import READ_PROBLEMS
from .schemas.movements import MovementsOut, MovementsQuery

router = Router(tags=["movements"])


@router.get("", response={200: MovementsOut, **READ_PROBLEMS}, operation_id="listMovements")
def list_movements(request: HttpRequest, query: Query[MovementsQuery]) -> dict[str, Any]:
    """Entries of the ledger and their points by day and kind, rewards by rule; 92 days at once.

    The last day grows until it is over; days before it are final.
    """
    require_scope(request, "partners:read")
    found = movements(since=query.since)
    given = (
        given_by_rule(since=found.since, until=found.until) if found.since and found.until else []
    )
    return {
        "items": [asdict(item) for item in found.items],
        "given": [asdict(item) for item in given],
        "next_since": found.next_since,
    }
