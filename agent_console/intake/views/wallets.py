"""A resident's points, and where the chain proves them."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake import access, selectors
from agent_console.wallet import client
from service_kit.logs import get_logger

logger = get_logger(__name__)


@require_safe
@access.needs(access.VIEW_WALLETS)
def wallet_part(request: HttpRequest, resident_id: UUID) -> HttpResponse:
    """The wallet's panel, asked for apart: a slow wallet must not hold up the report's page."""
    resident = selectors.resident_find(resident_id=resident_id)
    if resident is None:
        raise Http404
    wallet: client.WalletView | None = None
    is_unavailable = False
    if resident.wallet_id is not None:
        try:
            wallet = client.wallet_get(resident.wallet_id)
        except client.WalletUnknown:
            pass  # its number is drawn, the wallet service will hear of it in a moment
        except client.WalletError as failure:
            is_unavailable = True
            logger.warning(
                "wallet not read", extra={"code": type(failure).__name__, "route": "wallet_part"}
            )
    is_settling = wallet is not None and (
        wallet.available_points + wallet.held_points != wallet.settled_points
    )
    context = {
        "resident": resident,
        "wallet": wallet,
        "is_unavailable": is_unavailable,
        "is_settling": is_settling,
        # Nobody announces what the chain does: the panel asks again while something is under way.
        "is_moving": is_unavailable or is_settling or selectors.rewards_are_due(resident=resident),
    }
    return render(request, "intake/parts/wallet.html", context)
