"""Rows locked until the commit; the package says in which order."""

from __future__ import annotations

import uuid

from django.db import connection
from django.db.models import QuerySet

from service_kit.voucher_code import NotACode, parse

from ..errors import OfferUnknown, RedemptionUnknown, VoucherCodeMistyped, VoucherUnknown
from ..models import Redemption


def redemption_locked(redemption_id: uuid.UUID) -> Redemption:
    """The redemption.  Raises ``RedemptionUnknown``."""
    redemption = _locked().filter(id=redemption_id).first()
    if redemption is None:
        raise RedemptionUnknown
    return redemption


def voucher_locked(code: str) -> Redemption:
    """The redemption behind a code as somebody typed it.

    Raises ``VoucherCodeMistyped`` and ``VoucherUnknown``.
    """
    redemption = _locked().filter(code=code_of(code)).first()
    if redemption is None:
        raise VoucherUnknown
    return redemption


def code_of(text: str) -> str:
    """The code behind what somebody typed.  Raises ``VoucherCodeMistyped``."""
    try:
        return parse(text)
    except NotACode as error:
        raise VoucherCodeMistyped from error


def offer_shared(offer_id: uuid.UUID) -> None:
    """Keep the offer from being changed; others share it.  Raises ``OfferUnknown``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM offers_offer WHERE id = %s FOR SHARE", [offer_id])
        if cursor.fetchone() is None:
            raise OfferUnknown


def _locked() -> QuerySet[Redemption]:
    return Redemption.objects.select_for_update(no_key=True)
