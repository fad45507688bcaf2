"""``/v1/statements`` and a partner's own: what is owed for a closed period."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router, Status

from service_kit.tokens import require_scope
from wallet_service.offers.models import Statement
from wallet_service.offers.selectors.statements import (
    line_bodies,
    statement_body,
    statement_get,
    statement_page,
    statement_preview,
    statement_vouchers,
)
from wallet_service.offers.services.statements import check_period, statement_close

from .answers import READ_PROBLEMS, WRITE_PROBLEMS, page_of, status_of
from .schemas.common import PageQuery
from .schemas.statements import (
    PreviewQuery,
    StatementIn,
    StatementLinePage,
    StatementOut,
    StatementPage,
    StatementPreviewOut,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["statements"])
partner_router = Router(tags=["statements"])


@partner_router.get(
    "/{partner_id}/statements",
    response={200: StatementPage, **READ_PROBLEMS},
    operation_id="listStatements",
)
def list_statements(
    request: HttpRequest, partner_id: Uuid, page: Query[PageQuery]
) -> dict[str, Any]:
    """The partner's statements, newest first."""
    require_scope(request, "partners:read")
    return page_of(
        statement_page(partner_id=partner_id, before=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda statement: statement.id,
        bodies=_bodies,
    )


@partner_router.get(
    "/{partner_id}/statements/preview",
    response={200: StatementPreviewOut, **READ_PROBLEMS},
    operation_id="previewStatement",
)
def preview_statement(
    request: HttpRequest, partner_id: Uuid, query: Query[PreviewQuery]
) -> dict[str, Any]:
    """What closing the period would count now."""
    require_scope(request, "partners:read")
    preview = statement_preview(partner_id=partner_id, until=query.until)
    check_period(partner_id=partner_id, until=query.until)
    return preview


@partner_router.post(
    "/{partner_id}/statements",
    response={201: StatementOut, **WRITE_PROBLEMS},
    operation_id="closeStatement",
)
def close_statement(
    request: HttpRequest,
    partner_id: Uuid,
    payload: StatementIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Close the period: what is owed is fixed, and the points are burnt."""
    caller = require_scope(request, "partners:write")
    return status_of(
        statement_close(
            client=caller.name,
            key=idempotency_key,
            partner_id=partner_id,
            until=payload.until,
            actor=payload.actor,
        )
    )


@router.get(
    "/{statement_id}",
    response={200: StatementOut, **READ_PROBLEMS},
    operation_id="readStatement",
)
def read_statement(request: HttpRequest, statement_id: Uuid) -> dict[str, Any]:
    """The statement; its vouchers are listed beside it."""
    require_scope(request, "partners:read")
    return statement_body(statement_get(statement_id=statement_id))


@router.get(
    "/{statement_id}/lines",
    response={200: StatementLinePage, **READ_PROBLEMS},
    operation_id="listStatementLines",
)
def list_statement_lines(
    request: HttpRequest, statement_id: Uuid, page: Query[PageQuery]
) -> dict[str, Any]:
    """One line a voucher, in the order of their capture."""
    require_scope(request, "partners:read")
    return page_of(
        statement_vouchers(statement_id=statement_id, after=page.cursor, limit=page.limit + 1),
        limit=page.limit,
        cursor=lambda voucher: voucher.id,
        bodies=line_bodies,
    )


def _bodies(statements: list[Statement]) -> list[dict[str, Any]]:
    return [statement_body(statement) for statement in statements]
