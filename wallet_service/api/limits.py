"""``/v1/limits``: how near the limited network's ceiling is."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from service_kit.tokens import require_scope
from wallet_service.ledger.selectors import totals
from wallet_service.offers.selectors.limits import limit_figures

from .answers import READ_PROBLEMS
from .schemas.statements import LimitsOut

router = Router(tags=["limits"])
_THRESHOLDS = ("watch_cents", "alarm_cents", "legal_cents")


@router.get("", response={200: LimitsOut, **READ_PROBLEMS}, operation_id="readLimits")
def read_limits(request: HttpRequest) -> dict[str, Any]:
    """Value spent over 12 months, value in circulation, and what became of all points."""
    require_scope(request, "partners:read")
    figures = asdict(limit_figures(now=timezone.now()))
    thresholds = {name: figures.pop(name) for name in _THRESHOLDS}
    return {**figures, "thresholds": thresholds, "totals": asdict(totals())}
