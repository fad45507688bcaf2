"""A partner's closed periods: what was captured and what is reimbursed."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .http import request
from .pages import all_items
from .redemptions import moment
from .vouchers import CaptureLine, capture_line


@dataclass(frozen=True)
class StatementView:
    """One period; ``until`` is exclusive.  ``lines`` are there when one statement was asked for."""

    id: uuid.UUID
    partner_id: uuid.UUID
    since: date | None
    until: date
    vouchers: int
    points: int
    cents: int
    closed_at: datetime
    lines: tuple[CaptureLine, ...] = ()

    @property
    def last_day(self) -> date:
        """The last day of the period, as people write one."""
        return self.until - timedelta(days=1)


def statements_of(partner_id: uuid.UUID) -> list[StatementView]:
    """A partner's statements, newest first."""
    return [_statement(item) for item in all_items(f"/v1/partners/{partner_id}/statements")]


def statement_get(statement_id: uuid.UUID) -> StatementView:
    """One statement with its lines; raises ``WalletRefused`` (``statement_unknown``)."""
    return _statement(request("GET", f"/v1/statements/{statement_id}"))


def _statement(body: dict[str, Any]) -> StatementView:
    closed_at = moment(body["created_at"])
    assert closed_at is not None
    return StatementView(
        id=uuid.UUID(body["id"]),
        partner_id=uuid.UUID(body["partner_id"]),
        since=date.fromisoformat(body["since"]) if body.get("since") else None,
        until=date.fromisoformat(body["until"]),
        vouchers=body["vouchers"],
        points=body["points"],
        cents=body["reimbursement_cents"],
        closed_at=closed_at,
        lines=tuple(capture_line(line) for line in body.get("lines", ())),
    )
