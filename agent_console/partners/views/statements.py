"""A partner's statements: the list, one of them, and the same as a file for accountants."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake.paging import cursor_of, pager
from agent_console.staff.auditing import audit
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act
from agent_console.wallet import statements
from agent_console.wallet.http import WalletError, WalletRefused
from agent_console.wallet.statements import StatementView

from .. import texts
from ..access import at_the_till
from ..models import Cashier
from ..statement_file import BOM, statement_as_csv


@require_safe
@at_the_till
def statement_list(request: HttpRequest, cashier: Cashier) -> HttpResponse:
    """`/partners/statements/`: newest first."""
    context: dict[str, object] = {"cashier": cashier, "section": "statements"}
    try:
        context["statements"] = statements.statements_of(cashier.partner_id)
    except WalletError:
        context["problem"] = texts.UNAVAILABLE
        return render(request, "partners/statements.html", context, status=503)
    return render(request, "partners/statements.html", context)


@require_safe
@at_the_till
def statement_page(request: HttpRequest, cashier: Cashier, statement_id: UUID) -> HttpResponse:
    """`/partners/statements/<uuid>/`: the vouchers of the period, page by page."""
    context: dict[str, object] = {"cashier": cashier, "section": "statements"}
    try:
        context["statement"] = _own(cashier, statement_id)
        lines = statements.statement_lines(statement_id, cursor=cursor_of(request))
    except WalletError:
        context["problem"] = texts.UNAVAILABLE
        return render(request, "partners/statement.html", context, status=503)
    context |= {"lines": lines, "pager": pager(request, next_cursor=lines.next_cursor)}
    return render(request, "partners/statement.html", context)


@confirmed
@require_safe
@at_the_till
def statement_csv(request: HttpRequest, cashier: Cashier, statement_id: UUID) -> HttpResponse:
    """The same as CSV: semicolons, decimal commas and a byte-order mark, as French offices use."""
    try:
        statement = _own(cashier, statement_id)
        lines = statements.statement_all_lines(statement)
    except WalletError:
        context = {"cashier": cashier, "section": "statements", "problem": texts.UNAVAILABLE}
        return render(request, "partners/statement.html", context, status=503)
    audit(actor=cashier.user, act=Act.FILE, subject=f"{statement.partner_id} {statement.until}")
    response = HttpResponse(BOM + statement_as_csv(statement, lines), content_type="text/csv")
    name = f"releve-{statement.until.isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _own(cashier: Cashier, statement_id: UUID) -> StatementView:
    """The statement, if it is this partner's: another's is not found, whoever guesses its number.

    Raises ``Http404``, ``WalletUnavailable``.
    """
    try:
        statement = statements.statement_get(statement_id)
    except WalletRefused as refused:
        raise Http404 from refused
    if statement.partner_id != cashier.partner_id:
        raise Http404
    return statement
