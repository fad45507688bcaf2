"""The partner's scan: a voucher is used once."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.utils import timezone

from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.services import hold_capture
from wallet_service.rewards.domain import ReviewPattern
from wallet_service.rewards.reviewing import review_open

from ..domain import PartnerState, RedemptionState, paris_day
from ..errors import (
    AgreementNotInForce,
    PartnerSuspended,
    VoucherAlreadyCaptured,
    VoucherCancelled,
    VoucherExpired,
    VoucherOtherPartner,
    VoucherRefunded,
)
from ..models import Partner, Redemption
from ..requests import request_of, utc
from ..selectors.partners import in_force_until, partner_get
from ..selectors.redemptions import voucher_body
from .locks import code_of, voucher_locked

CONCENTRATION_DAYS = 7


def voucher_capture(
    *,
    client: str,
    key: str,
    code: str,
    partner_id: uuid.UUID,
    cashier: uuid.UUID,
    site: str,
    own_voucher: bool,
) -> Answer:
    """Use the voucher (200): its points become the partner's, on the chain too.

    ``own_voucher`` says that the cashier is the resident whose voucher it is; that, and many
    captures of one wallet at one partner, go to the review list.  One transaction: a crash leaves
    a voucher that is used and paid for, or one that can still be used.

    Raises ``VoucherCodeMistyped``, ``VoucherUnknown``, ``VoucherOtherPartner``,
    ``VoucherAlreadyCaptured`` (when and where), ``VoucherCancelled``, ``VoucherExpired``,
    ``VoucherRefunded``, ``PartnerUnknown``, ``PartnerSuspended``, ``AgreementNotInForce``,
    ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="voucher_capture",
        asked={
            "code": code_of(code),
            "partner_id": partner_id,
            "cashier": cashier,
            "site": site,
            "own_voucher": own_voucher,
        },
    )

    def effect() -> Answer:
        redemption = voucher_locked(code)
        now = timezone.now()
        redemption.partner = _check(redemption, partner_id=partner_id, now=now)
        redemption.state = RedemptionState.CAPTURED
        redemption.captured_at = now
        redemption.cashier = cashier
        redemption.site = site
        redemption.own_voucher = own_voucher
        redemption.flagged = _is_concentrated(redemption, now=now)
        answer = answer_keep(request, Answer(status=200, body=voucher_body(redemption)))
        for pattern, seen in (
            (ReviewPattern.OWN_VOUCHER, own_voucher),
            (ReviewPattern.PARTNER_CONCENTRATION, redemption.flagged),
        ):
            if seen:
                review_open(pattern=pattern, wallet_id=redemption.wallet_id, subject=redemption.id)
        redemption.capture_entry_id = hold_capture(
            hold_entry_id=redemption.hold_entry_id, partner_id=partner_id
        )
        redemption.save(
            update_fields=[
                "state",
                "capture_entry",
                "captured_at",
                "cashier",
                "site",
                "own_voucher",
                "flagged",
            ]
        )
        return answer

    return answer_once(request, effect)


def _check(redemption: Redemption, *, partner_id: uuid.UUID, now: dt.datetime) -> Partner:
    """The voucher's partner, once nothing stands in the way of a capture at ``now``."""
    partner = partner_get(partner_id=partner_id)
    if redemption.partner_id != partner_id:
        raise VoucherOtherPartner
    match RedemptionState(redemption.state):
        case RedemptionState.CAPTURED:
            assert redemption.captured_at is not None
            raise VoucherAlreadyCaptured(
                captured_at=utc(redemption.captured_at), site=redemption.site
            )
        case RedemptionState.CANCELLED:
            raise VoucherCancelled
        case RedemptionState.EXPIRED:
            raise VoucherExpired
        case RedemptionState.REFUNDED:
            raise VoucherRefunded
        case RedemptionState.HELD:
            pass
    if now >= redemption.expires_at:
        raise VoucherExpired
    if partner.state != PartnerState.ACTIVE:
        raise PartnerSuspended
    if in_force_until(partner_id=partner_id, day=paris_day(now)) is None:
        raise AgreementNotInForce
    return partner


def _is_concentrated(redemption: Redemption, *, now: dt.datetime) -> bool:
    """Whether this capture is the N-th of the wallet at the partner within seven days.

    Captures up to the last one that was flagged have had their review: the count starts after it.
    """
    recent = Redemption.objects.filter(
        wallet_id=redemption.wallet_id,
        partner_id=redemption.partner_id,
        captured_at__gt=now - dt.timedelta(days=CONCENTRATION_DAYS),
    )
    flagged_at = (
        recent.filter(flagged=True)
        .order_by("-captured_at")
        .values_list("captured_at", flat=True)
        .first()
    )
    if flagged_at is not None:
        recent = recent.filter(captured_at__gt=flagged_at)
    return recent.count() + 1 >= settings.PARTNER_CONCENTRATION_CAPTURES
