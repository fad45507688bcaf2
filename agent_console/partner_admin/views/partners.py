"""The list of partners, one partner, a new one, a changed one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.partner_admin import access
from agent_console.partner_admin.agreements import (
    LABELS,
    AgreementState,
    AgreementStatus,
    agreement_status,
)
from agent_console.partner_admin.forms.partners import KINDS, PartnerEditForm, PartnerNewForm
from agent_console.partner_admin.people import people
from agent_console.partners.selectors import cashiers_of
from agent_console.places.names import fold
from agent_console.wallet import offers, partners, statements
from agent_console.wallet.http import WalletRefused, WalletUnavailable

from .common import actor, form_page, reads_wallet

ALL = (access.PARTNERS, access.CASHIERS, access.OFFERS, access.STATEMENTS, access.DISPUTES)
STATEMENTS_SHOWN = 5


@dataclass(frozen=True)
class Row:
    """A partner in the list."""

    partner: partners.PartnerView
    status: AgreementStatus


@require_safe
@access.needs(*ALL)
@reads_wallet
def partner_list(request: HttpRequest) -> HttpResponse:
    """`/console/partners/`: by name; ``?q=`` searches, ``?agreement=`` filters."""
    search = request.GET.get("q", "").strip()
    asked = request.GET.get("agreement", "")
    state = AgreementState(asked) if asked in AgreementState else None
    today = timezone.localdate()
    rows = [
        Row(partner, agreement_status(partner.agreements, today=today))
        for partner in sorted(partners.partner_list(), key=lambda one: fold(one.name))
    ]
    shown = [row for row in rows if _matches(row, search=search, state=state)]
    context = {
        "tab": "partners",
        "rows": shown,
        "count": len(rows),
        "search": search,
        "state": state or "",
        "states": list(LABELS.items()),
    }
    return render(request, "partner_admin/partner_list.html", context)


@require_safe
@access.needs(*ALL)
@reads_wallet
def partner_page(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/`; each part is there for those who may read it."""
    partner = partners.partner_get(partner_id)
    user = request.user
    context: dict[str, Any] = {
        "tab": "partners",
        "partner": partner,
        "kind": KINDS.get(partner.kind, partner.kind),
        "status": agreement_status(partner.agreements, today=timezone.localdate()),
        "names": people(one.actor for one in partner.agreements),
    }
    if user.has_perm(access.CASHIERS):
        context["cashiers"] = list(cashiers_of(partner_id=partner_id))
    if user.has_perm(access.OFFERS):
        context["offers"] = offers.offer_list(partner_id=partner_id)
    if user.has_perm(access.STATEMENTS):
        context["statements"] = statements.statements_of(partner_id)[:STATEMENTS_SHOWN]
    return render(request, "partner_admin/partner.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.PARTNERS)
def partner_new(request: HttpRequest) -> HttpResponse:
    """`/console/partners/new/`."""
    form = PartnerNewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        made = form.send(
            lambda: partners.partner_create(
                key=data["key"],
                siret=data["siret"],
                name=data["name"],
                kind=data["kind"],
                actor=actor(request),
            )
        )
        if made is not None:
            messages.success(request, f"{made.name} est enregistré. Ajoutez sa convention.")
            return redirect("partner_admin:partner", partner_id=made.id)
    context = {"tab": "partners", "title": "Nouveau partenaire", "action": "Enregistrer"}
    return form_page(request, "partner_admin/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.PARTNERS)
@reads_wallet
def partner_edit(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/edit/`."""
    context = {
        "tab": "partners",
        "title": "Modifier le partenaire",
        "action": "Enregistrer",
        "back_id": partner_id,
    }
    form = PartnerEditForm(request.POST or None)
    try:
        partner = partners.partner_get(partner_id)
    except WalletUnavailable:
        if not form.is_bound:
            raise
        form.mark_away()
        return form_page(request, "partner_admin/form.html", form, context)
    context["subtitle"] = partner.name
    now = {"name": partner.name, "kind": partner.kind, "state": partner.state}
    form.initial.update(now, version=partner.version)
    if form.is_bound and form.is_valid():
        changes = {name: form.cleaned_data[name] for name in now}
        if changes == now or _change(request, partner, form, changes):
            messages.success(request, "Les changements sont enregistrés.")
            return redirect("partner_admin:partner", partner_id=partner_id)
    return form_page(request, "partner_admin/form.html", form, context)


def _change(
    request: HttpRequest,
    partner: partners.PartnerView,
    form: PartnerEditForm,
    changes: dict[str, str],
) -> bool:
    data = form.cleaned_data
    try:
        changed = form.send(
            lambda: partners.partner_update(
                key=data["key"],
                partner_id=partner.id,
                version=data["version"],
                changes=changes,
                actor=actor(request),
            ),
            passing="partner_changed",
        )
    except WalletRefused:
        form.explain_outdated(who="quelqu’un", version=partner.version)
        return False
    return changed is not None


def _matches(row: Row, *, search: str, state: AgreementState | None) -> bool:
    if state is not None and row.status.state != state:
        return False
    digits = "".join(search.split())
    if digits.isdigit():
        return digits in row.partner.siret
    return fold(search) in fold(row.partner.name)
