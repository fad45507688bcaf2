"""Closing a partner's period: what it would contain, and the act itself.

Reads of closed periods are in ``statements``.
"""

import uuid
from dataclasses import dataclass
from datetime import date

from .http import request


@dataclass(frozen=True)
class ClosingView:
    """What a statement until ``until`` (exclusive) would contain now.

    ``open_disputes`` vouchers are left out until their dispute is decided.
    """

    since: date | None
    until: date
    vouchers: int
    points: int
    cents: int
    open_disputes: int


def closing_preview(*, partner_id: uuid.UUID, until: date) -> ClosingView:
    """What closing would do; nothing is written.

    Refusals: ``nothing_to_close``, ``period_closed``, ``period_not_over``.
    """
    body = request(
        "GET",
        f"/v1/partners/{partner_id}/statements/preview",
        params={"until": until.isoformat()},
    )
    return ClosingView(
        since=date.fromisoformat(body["since"]) if body.get("since") else None,
        until=date.fromisoformat(body["until"]),
        vouchers=body["vouchers"],
        points=body["points"],
        cents=body["reimbursement_cents"],
        open_disputes=body["open_disputes"],
    )


def period_close(
    *, key: uuid.UUID, partner_id: uuid.UUID, until: date, actor: uuid.UUID
) -> uuid.UUID:
    """Close the period before ``until``: its points are burnt, its euros owed; the statement."""
    body = request(
        "POST",
        f"/v1/partners/{partner_id}/statements",
        key=f"statement:{key}",
        json={"until": until.isoformat(), "actor": str(actor)},
    )
    return uuid.UUID(body["id"])
