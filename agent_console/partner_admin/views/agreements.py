"""A new agreement with a partner."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from agent_console.partner_admin import access
from agent_console.partner_admin.forms.partners import AgreementForm
from agent_console.wallet import partners
from agent_console.wallet.http import WalletUnavailable

from .common import actor, form_page, reads_wallet


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.PARTNERS)
@reads_wallet
def agreement_new(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/agreements/new/`."""
    context = {
        "tab": "partners",
        "title": "Nouvelle convention",
        "action": "Ajouter la convention",
        "back_id": partner_id,
    }
    form = AgreementForm(request.POST or None)
    try:
        partner = partners.partner_get(partner_id)
    except WalletUnavailable:
        if not form.is_bound:
            raise
        form.mark_away()
        return form_page(request, "partner_admin/form.html", form, context)
    context["subtitle"] = partner.name
    form.agreements = partner.agreements
    if form.is_valid() and _add(request, partner_id, form):
        messages.success(request, "La convention est enregistrée.")
        return redirect("partner_admin:partner", partner_id=partner_id)
    return form_page(request, "partner_admin/form.html", form, context)


def _add(request: HttpRequest, partner_id: UUID, form: AgreementForm) -> bool:
    if form.is_known():
        return True
    data = form.cleaned_data

    def act() -> bool:
        partners.agreement_add(
            key=data["key"],
            partner_id=partner_id,
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            reference=data["reference"],
            actor=actor(request),
        )
        return True

    return form.send(act) is not None
