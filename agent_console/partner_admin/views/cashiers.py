"""Accounts at a partner's till."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agent_console.partner_admin import access, services
from agent_console.partner_admin.forms.cashiers import CashierEditForm, CashierNewForm
from agent_console.partners.models import Cashier
from agent_console.partners.services import cashier_update
from agent_console.staff.initial_passwords import must_choose_password
from agent_console.wallet import partners
from agent_console.wallet.http import WalletUnavailable

from .common import form_page, reads_wallet, user_of


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.CASHIERS)
@never_cache
@reads_wallet
def cashier_new(request: HttpRequest, partner_id: UUID) -> HttpResponse:
    """`/console/partners/<uuid>/cashiers/new/`: shows the initial password in its answer, once."""
    form = CashierNewForm(request.POST or None)
    context: dict[str, Any] = {
        "tab": "partners",
        "title": "Nouveau compte de caisse",
        "action": "Créer le compte",
        "back_id": partner_id,
    }
    try:
        partner = partners.partner_get(partner_id)  # nobody stands at the till of a wrong number
    except WalletUnavailable:
        if not form.is_bound:
            raise
        form.mark_away()
        return form_page(request, "partner_admin/form.html", form, context)
    context["subtitle"] = partner.name
    if request.method == "POST" and form.is_valid():
        opened = _open(request, partner_id, form)
        if opened is not None:
            return _opened(request, opened)
    return form_page(request, "partner_admin/form.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.CASHIERS)
def cashier_page(request: HttpRequest, cashier_id: UUID) -> HttpResponse:
    """`/console/partners/cashiers/<uuid>/`: where the person stands, and what was changed when."""
    cashier = _cashier(cashier_id)
    form = CashierEditForm(request.POST or None, initial={"site": cashier.site})
    if request.method == "POST" and form.is_valid():
        cashier_update(
            cashier=cashier,
            site=form.cleaned_data["site"],
            resident=cashier.resident,
            by=user_of(request),
        )
        messages.success(request, "Les changements sont enregistrés.")
        return redirect("partner_admin:cashier", cashier_id=cashier_id)
    context = {
        "tab": "partners",
        "cashier": cashier,
        "changes": cashier.changes.select_related("by").order_by("-id"),
        "can_renew": services.was_made_here(cashier.user),
        "must_choose": must_choose_password(cashier.user),
    }
    return form_page(request, "partner_admin/cashier.html", form, context)


@require_POST
@access.needs(access.CASHIERS)
def cashier_switch(request: HttpRequest, cashier_id: UUID, active: bool) -> HttpResponse:
    """Open or close the till to somebody; sent twice it changes nothing more."""
    cashier = _cashier(cashier_id)
    services.cashier_switch(cashier=cashier, active=active, by=user_of(request))
    done = "peut de nouveau valider des bons" if active else "ne peut plus valider de bons"
    messages.success(request, f"{cashier.user.get_username()} {done}.")
    return redirect("partner_admin:cashier", cashier_id=cashier_id)


@require_POST
@access.needs(access.CASHIERS)
@never_cache
def cashier_password(request: HttpRequest, cashier_id: UUID) -> HttpResponse:
    """A new initial password, shown in this answer only."""
    cashier = _cashier(cashier_id)
    try:
        password = services.initial_password_renew(cashier=cashier, by=user_of(request))
    except services.NotACashier as refusal:
        messages.error(request, refusal.message)
        return redirect("partner_admin:cashier", cashier_id=cashier_id)
    context = {"tab": "partners", "cashier": cashier, "password": password}
    return render(request, "partner_admin/password.html", context)


def _open(
    request: HttpRequest, partner_id: UUID, form: CashierNewForm
) -> services.AccountOpened | None:
    data = form.cleaned_data
    try:
        return services.cashier_account_open(
            key=data["key"],
            username=data["username"],
            first_name=data["first_name"],
            last_name=data["last_name"],
            partner_id=partner_id,
            site=data["site"],
            by=user_of(request),
        )
    except services.UsernameTaken as refusal:
        form.refuse("username", refusal.message)
        return None


def _opened(request: HttpRequest, opened: services.AccountOpened) -> HttpResponse:
    if opened.password is None:
        messages.info(
            request,
            "Ce compte est déjà créé, et son mot de passe n’est montré qu’une fois. Si vous ne "
            "l’avez pas noté, donnez-en un nouveau.",
        )
        return redirect("partner_admin:cashier", cashier_id=opened.cashier.pk)
    context = {"tab": "partners", "cashier": opened.cashier, "password": opened.password}
    return render(request, "partner_admin/password.html", context)


def _cashier(cashier_id: UUID) -> Cashier:
    found = Cashier.objects.select_related("user", "resident").filter(pk=cashier_id).first()
    if found is None:
        raise Http404
    return found
