"""``/console/nudges/``: the points at a glance, and whether ledger and chain agree."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from agent_console.intake import access
from agent_console.nudges.permissions import VIEW
from agent_console.wallet import chain, limits
from agent_console.wallet.http import WalletError

from .common import failure_text

_RECONCILIATIONS = 10


@require_safe
@access.needs(VIEW)
def overview(request: HttpRequest) -> HttpResponse:
    """Each block stands for itself: one that can't be read says so, the others are shown."""
    state, chain_failure = _read(chain.chain_get)
    figures, limits_failure = _read(limits.limits_get)
    history, _ = _read(lambda: chain.reconciliations(limit=_RECONCILIATIONS))
    last = state.last_reconciliation if state else None
    drifts, drifts_failure = (
        _read(lambda: chain.drifts_of(last.id)) if last and not last.agrees else (None, "")
    )
    context: dict[str, Any] = {
        "section": "nudges",
        "tab": "overview",
        "chain": state,
        "chain_failure": chain_failure,
        "limits": figures,
        "limits_failure": limits_failure,
        "nearest_cents": max(figures.spent_cents_12_months, figures.circulation_cents)
        if figures
        else 0,
        "reconciliations": history or [],
        "last": last,
        "drifts": drifts or [],
        "drifts_failure": drifts_failure,
    }
    return render(request, "nudges/overview.html", context)


def _read[T](read: Callable[[], T]) -> tuple[T | None, str]:
    try:
        return read(), ""
    except WalletError as failure:
        return None, failure_text(failure)
