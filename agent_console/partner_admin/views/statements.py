"""A partner's statements: the list, closing a period, one statement as a page and as a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.intake.paging import cursor_of, pager
from agent_console.partner_admin import access
from agent_console.partner_admin.forms.statements import ClosingForm
from agent_console.partner_admin.people import people
from agent_console.partners.statement_file import BOM, statement_as_csv
from agent_console.staff.auditing import audit
from agent_console.staff.confirming import confirmed
from agent_console.staff.models import Act
from agent_console.wallet import closing, partners, statements
from agent_console.wallet.http import WalletUnavailable

from .common import actor, form_page, note, reads_wallet, user_of

TEMPLATE = "partner_admin/closing.html"


@require_safe
@access.needs(access.STATEMENTS)
@reads_wallet
def statement_list(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/statements/`: newest first."""
    context = {
        "tab": "partners",
        "partner": partners.partner_get(partner_id),
        "statements": statements.statements_of(partner_id),
    }
    return render(request, "partner_admin/statement_list.html", context)


@confirmed
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.STATEMENTS)
@reads_wallet
def statement_new(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/statements/new/`: a date, then what closing would do, then the act.

    The button ``confirm`` is only on the second page; without it nothing is written.
    """
    form = ClosingForm(request.POST or None)
    context: dict[str, Any] = {"tab": "partners", "back_id": partner_id}
    try:
        context["partner"] = partners.partner_get(partner_id)
    except WalletUnavailable:
        if not form.is_bound:
            raise
        form.mark_away()
        return form_page(request, TEMPLATE, form, context)
    if not form.is_bound or not form.is_valid():
        return form_page(request, TEMPLATE, form, context)
    if "confirm" not in request.POST:
        preview = form.send(
            lambda: closing.closing_preview(partner_id=partner_id, until=form.until)
        )
        if preview is not None and not preview.vouchers:
            form.refuse(*form.refusals["nothing_to_close"])
            preview = None
        context["preview"] = preview
        return form_page(request, TEMPLATE, form, context)
    statement_id = form.send(
        lambda: closing.period_close(
            key=form.cleaned_data["key"],
            partner_id=partner_id,
            until=form.until,
            actor=actor(request),
        )
    )
    if statement_id is None:
        return form_page(request, TEMPLATE, form, context)
    note(request, Act.PERIOD_CLOSED, f"{partner_id} {form.until}")
    messages.success(request, "Le relevé est arrêté.")
    return redirect("partner_admin:statement", statement_id=statement_id)


@require_safe
@access.needs(access.STATEMENTS)
@reads_wallet
def statement_page(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """`/console/partners/statements/<uuid>/`."""
    statement = statements.statement_get(statement_id)
    lines = statements.statement_lines(statement_id, cursor=cursor_of(request))
    context = {
        "tab": "partners",
        "statement": statement,
        "partner": partners.partner_get(statement.partner_id),
        "lines": lines,
        "pager": pager(request, next_cursor=lines.next_cursor),
        "names": people(line.cashier for line in lines.items),
    }
    return render(request, "partner_admin/statement.html", context)


@confirmed
@require_safe
@access.needs(access.STATEMENTS)
@reads_wallet
def statement_csv(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """`/console/partners/statements/<uuid>.csv`: the file that the partner can download too."""
    statement = statements.statement_get(statement_id)
    name = f"releve-{statement.partner_id}-{statement.until.isoformat()}.csv"
    content = BOM + statement_as_csv(statement, statements.statement_all_lines(statement))
    audit(actor=user_of(request), act=Act.FILE, subject=f"{statement.partner_id} {statement.until}")
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
