"""An operator redeems for a resident who calls, and reads the voucher's code aloud."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import wallets_of
from agent_console.intake import access
from agent_console.intake.forms import KeyForm
from agent_console.intake.selectors import resident_find
from agent_console.wallet import redemptions
from agent_console.wallet.http import WalletError, WalletRefused, WalletUnknown
from agent_console.wallet.redemptions import RedemptionView, VoucherState
from agent_console.wallet.wallets import wallet_get
from service_kit.voucher_code import shown

from .. import selectors, services, texts
from ..forms import CommuneForm, ExchangeForm
from ..selectors import ShownOffer
from ..spelling import spelled

REDEEM = "redemptions.redeem_for_resident"
_USED_KEY = "Cette page a déjà servi. Vérifiez les bons avant de recommencer."


@never_cache
@require_safe
@access.needs(access.VIEW_WALLETS)
@access.needs(REDEEM)
def points_page(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """`/console/residents/<uuid>/points/`: what the caller has, can have, and has had."""
    resident = _resident(resident_id)
    return _points(request, resident)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@access.needs(access.VIEW_WALLETS)
@access.needs(REDEEM)
def redeem(request: HttpRequest, resident_id: UUID, offer_id: UUID) -> HttpResponse:
    """Read the exchange back to the caller, then make it."""
    resident = _resident(resident_id)
    if resident.wallet_id is None:
        raise Http404
    commune = CommuneForm(request.GET).chosen()
    if request.method == "POST":
        form = ExchangeForm(request.POST)
        if form.is_valid():
            return _redeem(request, resident, offer_id, commune, form)
    try:
        available = wallet_get(resident.wallet_id).available_points
        offers = selectors.offers_for(
            wallet_id=resident.wallet_id, commune=commune, available_points=available
        )
    except WalletError:
        messages.error(request, texts.UNAVAILABLE)
        return redirect("points:points", resident_id=resident.pk)
    shown_offer = next((row for row in offers if row.offer.id == offer_id), None)
    if shown_offer is None or shown_offer.reason:
        why = shown_offer.reason if shown_offer else texts.reason("offer_withdrawn")
        messages.error(request, f"Cette offre ne peut pas être échangée : {why}.")
        return redirect("points:points", resident_id=resident.pk)
    return _confirm(request, resident, shown_offer, available)


@never_cache
@require_safe
@access.needs(access.VIEW_WALLETS)
@access.needs(REDEEM)
def voucher_page(request: HttpRequest, resident_id: UUID, redemption_id: UUID) -> HttpResponse:
    """One voucher of this resident: its code to read aloud, its state, undoing it."""
    resident = _resident(resident_id)
    try:
        voucher = _voucher(resident, redemption_id)
    except WalletError:
        messages.error(request, texts.UNAVAILABLE)
        return redirect("points:points", resident_id=resident.pk)
    context = {
        "resident": resident,
        "voucher": voucher,
        "is_usable": voucher.state is VoucherState.HELD,
        "spelled": spelled(voucher.code),
        "form": KeyForm.fresh(),
    }
    return render(request, "redemptions/assisted_voucher.html", context)


@never_cache
@require_POST
@access.needs(access.VIEW_WALLETS)
@access.needs(REDEEM)
def cancel(request: HttpRequest, resident_id: UUID, redemption_id: UUID) -> HttpResponse:
    """Give the points back before the voucher is used."""
    resident = _resident(resident_id)
    form = KeyForm(request.POST)
    back = redirect("points:voucher", resident_id=resident.pk, redemption_id=redemption_id)
    if not form.is_valid():
        return back
    try:
        voucher = _voucher(resident, redemption_id)
        services.cancel_for(
            key=form.cleaned_data["key"],
            resident=resident,
            redemption_id=redemption_id,
            actor=_agent(request),
        )
    except services.KeyReused:
        messages.error(request, _USED_KEY)
    except WalletRefused as refused:
        messages.error(request, texts.reason(refused.code, refused.message))
    except WalletError:
        messages.error(request, texts.UNAVAILABLE)
    else:
        messages.success(
            request,
            f"Le bon {shown(voucher.code)} est annulé. Ses points sont revenus avec leur date.",
        )
    return back


def _redeem(
    request: HttpRequest,
    resident: Resident,
    offer_id: UUID,
    commune: str | None,
    form: ExchangeForm,
) -> HttpResponse:
    try:
        voucher = services.redeem_for(
            key=form.cleaned_data["key"],
            resident=resident,
            offer_id=offer_id,
            price_points=form.cleaned_data["price"],
            commune=commune,
            actor=_agent(request),
        )
    except services.KeyReused:
        messages.error(request, _USED_KEY)
    except WalletRefused as refused:
        why = texts.reason(refused.code, refused.message)
        messages.error(request, f"L’échange n’a pas eu lieu : {why}.")
    except WalletError:
        # Whether it happened is not known: the same form, key included, is offered again.
        return _unanswered(request, resident, offer_id, form)
    else:
        return redirect("points:voucher", resident_id=resident.pk, redemption_id=voucher.id)
    return redirect("points:points", resident_id=resident.pk)


def _points(request: HttpRequest, resident: Resident) -> HttpResponse:
    commune_form = CommuneForm(request.GET)
    commune = commune_form.chosen()
    context: dict[str, Any] = {
        "resident": resident,
        "commune_form": commune_form,
        "commune": commune,
    }
    if resident.wallet_id is None:
        return render(request, "redemptions/points.html", context)
    try:
        wallet = wallet_get(resident.wallet_id)
        context |= {
            "wallet": wallet,
            "offers": selectors.offers_for(
                wallet_id=resident.wallet_id,
                commune=commune,
                available_points=wallet.available_points,
            ),
            "vouchers": redemptions.redemptions_of(resident.wallet_id),
        }
    except WalletUnknown:
        pass  # its number is drawn; the wallet service will hear of it with the first points
    except WalletError:
        context["problem"] = texts.UNAVAILABLE
        return render(request, "redemptions/points.html", context, status=503)
    return render(request, "redemptions/points.html", context)


def _confirm(
    request: HttpRequest,
    resident: Resident,
    shown_offer: ShownOffer,
    available: int,
) -> HttpResponse:
    price = shown_offer.offer.price_points
    context = {
        "resident": resident,
        "shown_offer": shown_offer,
        "available": available,
        "left_points": available - price,
        "form": ExchangeForm.read_out(price=price),
    }
    return render(request, "redemptions/confirm.html", context)


def _unanswered(
    request: HttpRequest, resident: Resident, offer_id: UUID, form: ExchangeForm
) -> HttpResponse:
    context = {"resident": resident, "form": form, "problem": texts.UNAVAILABLE}
    return render(request, "redemptions/confirm.html", context, status=503)


def _resident(resident_id: UUID) -> Resident:
    resident = resident_find(resident_id=resident_id)
    if resident is None:
        raise Http404
    return resident


def _voucher(resident: Resident, redemption_id: UUID) -> RedemptionView:
    """The redemption, if it is this resident's; raises ``Http404``, ``WalletUnavailable``."""
    wallets = wallets_of(resident_id=resident.pk)
    if not wallets:
        raise Http404
    try:
        voucher = redemptions.redemption_get(redemption_id)
    except WalletRefused as refused:
        raise Http404 from refused
    if voucher.wallet_id not in wallets:
        raise Http404
    return voucher


def _agent(request: HttpRequest) -> User:
    return cast(User, request.user)  # `needs` lets nobody else through
