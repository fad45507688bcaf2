"""What anybody sees: the catalogue, and a voucher to whoever knows its address."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agent_console.wallet import redemptions
from agent_console.wallet.http import WalletError, WalletRefused
from agent_console.wallet.redemptions import RedemptionView, VoucherState

from .. import selectors, texts
from ..forms import CommuneForm
from ..qr import voucher_qr
from ..spelling import spelled


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """`/offres/?commune=<INSEE>`."""
    form = CommuneForm(request.GET)
    commune = form.chosen()
    context: dict[str, object] = {"form": form, "commune": form.cleaned_data.get("commune")}
    try:
        context["offers"] = selectors.public_offers(commune=commune)
    except WalletError:
        context["problem"] = texts.UNAVAILABLE
        return render(request, "redemptions/catalogue.html", context, status=503)
    return render(request, "redemptions/catalogue.html", context)


@never_cache
@require_safe
def voucher_page(request: HttpRequest, redemption_id: UUID) -> HttpResponse:
    """`/bons/<uuid>/`: the address is the secret, so no index and no cache may keep it."""
    try:
        voucher = _voucher(redemption_id)
    except WalletError:
        return _unavailable(request)
    return _page(request, voucher)


@never_cache
@require_POST
def cancel(request: HttpRequest, redemption_id: UUID) -> HttpResponse:
    """Give the points back; pressing twice changes nothing."""
    try:
        redemptions.redemption_cancel(redemption_id)
    except WalletRefused as refused:
        if refused.code == "redemption_unknown":
            raise Http404 from refused
        # The page itself says why: the voucher was used, or is cancelled already.
        return redirect("offers:voucher", redemption_id=redemption_id)
    except WalletError:
        return _unavailable(request)
    return redirect("offers:voucher", redemption_id=redemption_id)


def _voucher(redemption_id: UUID) -> RedemptionView:
    try:
        return redemptions.redemption_get(redemption_id)
    except WalletRefused as refused:
        raise Http404 from refused


def _page(request: HttpRequest, voucher: RedemptionView) -> HttpResponse:
    is_usable = voucher.state is VoucherState.HELD
    context = {
        "voucher": voucher,
        "is_usable": is_usable,
        "qr": voucher_qr(voucher.code) if is_usable else None,
        "spelled": spelled(voucher.code),
    }
    return _private(render(request, "redemptions/voucher.html", context))


def _unavailable(request: HttpRequest) -> HttpResponse:
    context = {"problem": texts.UNAVAILABLE}
    return _private(render(request, "redemptions/voucher.html", context, status=503))


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
