"""A partner's closed periods: what was captured and what is reimbursed."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from .http import WalletUnavailable, request
from .pages import PAGE, Page, all_items, one_page
from .redemptions import moment
from .vouchers import CaptureLine, capture_line

# Vouchers that a page shows; the file has all of them.
LINES_A_PAGE = 50


@dataclass(frozen=True)
class StatementView:
    """One period; ``until`` is exclusive.  Its vouchers are asked for apart."""

    id: uuid.UUID
    partner_id: uuid.UUID
    since: date | None
    until: date
    vouchers: int
    points: int
    cents: int
    closed_at: datetime

    @property
    def last_day(self) -> date:
        """The last day of the period, as people write one."""
        return self.until - timedelta(days=1)


def statements_of(partner_id: uuid.UUID) -> list[StatementView]:
    """A partner's statements, newest first."""
    return [_statement(item) for item in all_items(f"/v1/partners/{partner_id}/statements")]


def statement_get(statement_id: uuid.UUID) -> StatementView:
    """One statement; raises ``WalletRefused`` (``statement_unknown``)."""
    return _statement(request("GET", f"/v1/statements/{statement_id}"))


def statement_lines(statement_id: uuid.UUID, *, cursor: str = "") -> Page[CaptureLine]:
    """A page of its vouchers, in the order of their capture."""
    return one_page(_lines(statement_id), capture_line, cursor=cursor, limit=LINES_A_PAGE)


def statement_all_lines(statement: StatementView) -> list[CaptureLine]:
    """All of its vouchers; raises ``WalletUnavailable`` rather than leaving one out."""
    pages = statement.vouchers // PAGE + 1
    items = all_items(_lines(statement.id), pages_max=pages)
    lines = [capture_line(item) for item in items]
    if len(lines) != statement.vouchers:
        raise WalletUnavailable
    return lines


def _lines(statement_id: uuid.UUID) -> str:
    return f"/v1/statements/{statement_id}/lines"


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
    )
