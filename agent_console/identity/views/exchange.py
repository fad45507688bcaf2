"""``/mon-espace/offres/``: a resident exchanges points for a voucher, after a fresh proof."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.recognition import Level
from agent_console.identity import sessions
from agent_console.identity.models import PortalSession
from agent_console.redemptions import selectors, texts
from agent_console.redemptions.forms import CommuneForm, ExchangeForm
from agent_console.redemptions.selectors import ShownOffer
from agent_console.wallet import redemptions
from agent_console.wallet.http import WalletError, WalletRefused, WalletUnknown
from agent_console.wallet.wallets import wallet_get

from .space import signed_in


@require_safe
@signed_in
def offers(request: HttpRequest, session: PortalSession) -> HttpResponse:
    """What they have, can have, and have had."""
    return _offers(request, session)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def exchange(request: HttpRequest, session: PortalSession, offer_id: uuid.UUID) -> HttpResponse:
    """Read the exchange back, then make it; whose proof is too old gives a new one first."""
    if sessions.session_level(session) < Level.SPENDING:
        return redirect(f"{reverse('identity:prove')}?offre={offer_id}")
    wallet_id = session.resident.wallet_id
    if wallet_id is None:
        raise Http404
    commune = CommuneForm(request.GET).chosen()
    if request.method == "POST":
        form = ExchangeForm(request.POST)
        if form.is_valid():
            return _exchanged(request, session, wallet_id, offer_id, commune, form)
    try:
        available = wallet_get(wallet_id).available_points
        found = selectors.offers_for(
            wallet_id=wallet_id, commune=commune, available_points=available
        )
    except WalletError:
        return _offers(request, session)  # which says that the wallet does not answer
    row = next((one for one in found if one.offer.id == offer_id), None)
    if row is None or row.reason:
        why = row.reason if row else texts.reason("offer_withdrawn")
        return _offers(request, session, problem=_not_had(why), status=409)
    return _confirmation(request, row, available)


def _exchanged(
    request: HttpRequest,
    session: PortalSession,
    wallet_id: uuid.UUID,
    offer_id: uuid.UUID,
    commune: str | None,
    form: ExchangeForm,
) -> HttpResponse:
    """The key of the page is the resident's own: nobody's else voucher answers to it."""
    try:
        voucher = redemptions.redeem(
            key=f"portal:redeem:{session.resident.pk}:{form.cleaned_data['key']}",
            wallet_id=wallet_id,
            offer_id=offer_id,
            channel=ChannelCode.WEB,
            price_points=form.cleaned_data["price"],
            commune=commune,
        )
    except WalletRefused as refused:
        why = texts.reason(refused.code, refused.message)
        return _offers(request, session, problem=_not_had(why), status=409)
    except WalletError:
        # Whether it happened is not known: the same form, key included, is offered again.
        context = {"form": form, "problem": texts.UNAVAILABLE}
        return render(request, "identity/exchange.html", context, status=503)
    return redirect("offers:voucher", redemption_id=voucher.id)


def _not_had(why: str) -> str:
    return f"L’échange n’a pas eu lieu. {why}."


def _confirmation(request: HttpRequest, row: ShownOffer, available: int) -> HttpResponse:
    price = row.offer.price_points
    context = {
        "row": row,
        "available": available,
        "left_points": available - price,
        "form": ExchangeForm.read_out(price=price),
    }
    return render(request, "identity/exchange.html", context)


def _offers(
    request: HttpRequest, session: PortalSession, *, problem: str = "", status: int = 200
) -> HttpResponse:
    form = CommuneForm(request.GET)
    commune = form.chosen()
    wallet_id = session.resident.wallet_id
    context: dict[str, Any] = {"form": form, "commune": commune, "problem": problem}
    try:
        if wallet_id is not None:
            available = wallet_get(wallet_id).available_points
            context |= {
                "available": available,
                "offers": selectors.offers_for(
                    wallet_id=wallet_id, commune=commune, available_points=available
                ),
                "vouchers": redemptions.redemptions_of(wallet_id),
            }
    except WalletUnknown:
        pass  # its number is drawn; the wallet hears of it with the first points
    except WalletError:
        context["problem"], status = texts.UNAVAILABLE, 503
    return render(request, "identity/offers.html", context, status=status)
