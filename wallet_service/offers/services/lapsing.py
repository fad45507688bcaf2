"""Vouchers that nobody used in time: points and stock go back by themselves."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from wallet_service.ledger.one_by_one import Failures

from ..domain import RedemptionState
from ..models import Redemption
from .redeeming import release


def holds_lapse_due(*, now: dt.datetime, limit: int) -> int:
    """Release at most ``limit`` vouchers that lapsed by ``now``, the oldest first; say how many.

    Each is one transaction, so a crash loses nothing: the next run finds the rest.  A row that
    somebody else holds (a capture, a cancellation, a second worker) is left to them.  One that
    fails keeps the others from nothing; the first error is raised at the end.
    """
    failures = Failures()
    lapsed = 0
    due = list(
        Redemption.objects.filter(state=RedemptionState.HELD, expires_at__lte=now)
        .order_by("expires_at")
        .values_list("id", flat=True)[:limit]
    )
    for redemption_id in due:
        with failures.kept("a voucher can't lapse", redemption_id=redemption_id):
            lapsed += _lapse(redemption_id)
    failures.raise_first()
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
