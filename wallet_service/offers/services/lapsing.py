"""Vouchers that nobody used in time: points and stock go back by themselves."""

from __future__ import annotations

import datetime as dt
import logging
import uuid

from django.db import transaction

from wallet_service.ledger.errors import Refusal

from ..domain import RedemptionState
from ..models import Redemption
from .redeeming import release

logger = logging.getLogger(__name__)


def holds_lapse_due(*, now: dt.datetime, limit: int) -> int:
    """Release at most ``limit`` vouchers that lapsed by ``now``, the oldest first; say how many.

    Each is one transaction, so a crash loses nothing: the next run finds the rest.  A row that
    somebody else holds (a capture, a cancellation, a second worker) is left to them.  One that is
    refused keeps the others from nothing; the first such refusal is raised at the end.
    """
    refused: Refusal | None = None
    lapsed = 0
    due = list(
        Redemption.objects.filter(state=RedemptionState.HELD, expires_at__lte=now)
        .order_by("expires_at")
        .values_list("id", flat=True)[:limit]
    )
    for redemption_id in due:
        try:
            lapsed += _lapse(redemption_id)
        except Refusal as error:
            logger.error("a voucher can't lapse", extra={"code": error.code})
            refused = refused or error
    if refused is not None:
        raise refused
    return lapsed


def _lapse(redemption_id: uuid.UUID) -> bool:
    with transaction.atomic():
        redemption = (
            Redemption.objects.select_for_update(no_key=True, skip_locked=True)
            .filter(id=redemption_id, state=RedemptionState.HELD)
            .first()
        )
        if redemption is None:
            return False
        release(redemption, RedemptionState.EXPIRED)
        return True
