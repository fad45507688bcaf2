"""Points for a voucher, and the voucher given back."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Final

from django.db import connection
from django.utils import timezone

from service_kit import voucher_code
from wallet_service.ledger.idempotency import Answer, answer_keep, answer_once
from wallet_service.ledger.identifiers import time_ordered_uuid
from wallet_service.ledger.services import hold_release, merged_points_follow, points_hold
from wallet_service.rewards.domain import Channel

from ..domain import Asker, Obstacle, RedemptionState, day_begins, obstacle, paris_day
from ..errors import OBSTACLES, CommuneNeeded, OfferChanged, OutOfStock, RedemptionNotHeld
from ..models import Offer, Redemption
from ..requests import request_of
from ..selectors.catalogue import COUNTED, facts_of
from ..selectors.offers import offer_get
from ..selectors.partners import in_force_until
from ..selectors.redemptions import redemption_body
from .locks import offer_shared, redemption_locked

_MERGED_MAX: Final = 20
# Redemptions of one offer by one wallet, one after the other: their count is a limit.
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_TAKE: Final = """
UPDATE offers_offerstock SET taken = taken + 1
 WHERE offer_id = %s AND taken < total
"""
_GIVE_BACK: Final = """
UPDATE offers_offerstock SET taken = taken - 1
 WHERE offer_id = %s AND total IS NOT NULL
"""


def redeem(
    *,
    client: str,
    key: str,
    wallet_id: uuid.UUID,
    offer_id: uuid.UUID,
    channel: Channel,
    commune: str | None = None,
    price_points: int | None = None,
) -> Answer:
    """Take a voucher of the offer (201): stock, points held in the ledger, voucher and key at once.

    ``commune`` (INSEE) is asked for where the offer is for some communes only; it is not kept.
    ``price_points`` is what the resident has agreed to: nothing is taken at another price.
    Raises ``OfferUnknown``, ``OfferChanged`` (the price), ``WalletUnknown``,
    ``InsufficientPoints``, ``IdempotencyConflict`` and the refusal of each ``Obstacle``.
    """
    agreed = {} if price_points is None else {"price_points": price_points}
    request = request_of(
        client=client,
        key=key,
        operation="redeem",
        asked={
            "wallet_id": wallet_id,
            "offer_id": offer_id,
            "channel": channel.value,
            "commune": commune,
            **agreed,
        },
    )

    # What merged wallets got since is this one's to spend; in transactions of its own, before.
    merged_points_follow(now=timezone.now(), limit=_MERGED_MAX, target_id=wallet_id)

    def effect() -> Answer:
        now = timezone.now()
        # Its terms stay as they are until the commit; others redeem it side by side.
        offer_shared(offer_id)
        offer = offer_get(offer_id=offer_id)
        expires_at = _check(offer, wallet_id=wallet_id, commune=commune, now=now)
        if price_points not in (None, offer.price_points):
            raise OfferChanged
        if offer.stock is not None:
            _take_one(offer_id)
        redemption = Redemption(
            id=time_ordered_uuid(),
            wallet_id=wallet_id,
            offer=offer,
            offer_version=offer.version,
            partner=offer.partner,
            channel=channel,
            code=_free_code(),
            points=offer.price_points,
            reimbursement_cents=offer.reimbursement_cents,
            state=RedemptionState.HELD,
            created_at=now,
            expires_at=expires_at,
            site="",
        )
        promised = {
            (offer.id, offer.version): {"title": offer.title, "how_to_use": offer.how_to_use}
        }
        body = redemption_body(redemption, promised)
        answer = answer_keep(request, Answer(status=201, body=body))
        redemption.hold_entry_id = points_hold(
            wallet_id=wallet_id, points=offer.price_points, subject=redemption.id
        )
        redemption.save(force_insert=True)
        return answer

    return answer_once(request, effect)


def redemption_cancel(*, client: str, key: str, redemption_id: uuid.UUID) -> Answer:
    """Give an unused voucher back (200): points and stock return at once.

    Raises ``RedemptionUnknown``, ``RedemptionNotHeld``, ``IdempotencyConflict``.
    """
    request = request_of(
        client=client,
        key=key,
        operation="redemption_cancel",
        asked={"redemption_id": redemption_id},
    )

    def effect() -> Answer:
        redemption = redemption_locked(redemption_id)
        if redemption.state != RedemptionState.HELD:
            raise RedemptionNotHeld
        release(redemption, RedemptionState.CANCELLED)
        return answer_keep(request, Answer(status=200, body=redemption_body(redemption)))

    return answer_once(request, effect)


def release(redemption: Redemption, state: RedemptionState) -> None:
    """Return points and stock of a held redemption whose row the caller has locked."""
    stock_give_back(redemption.offer_id)
    redemption.release_entry_id = hold_release(hold_entry_id=redemption.hold_entry_id)
    redemption.released_at = timezone.now()
    redemption.state = state
    redemption.save(update_fields=["state", "release_entry", "released_at"])


def stock_give_back(offer_id: uuid.UUID) -> None:
    """One voucher less is taken; its row stays locked until the commit."""
    offer_shared(offer_id)
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_BACK, [offer_id])


def _check(
    offer: Offer, *, wallet_id: uuid.UUID, commune: str | None, now: dt.datetime
) -> dt.datetime:
    """Raise the refusal of what stands in the way; else when a voucher taken now lapses.

    Vouchers lapse at midnight after ``voucher_days``, or when the last agreement ends before.
    """
    if offer.communes and commune is None:
        raise CommuneNeeded
    had = None
    if offer.per_wallet_limit is not None:
        with connection.cursor() as cursor:
            cursor.execute(_ONE_AT_A_TIME, [f"offers.redeem:{offer.id}:{wallet_id}"])
        had = Redemption.objects.filter(wallet_id=wallet_id, offer=offer, state__in=COUNTED).count()
    today = paris_day(now)
    agreement_ends = in_force_until(partner_id=offer.partner_id, day=today)
    reason: Obstacle | None = obstacle(
        facts_of(offer, agreement_in_force=agreement_ends is not None),
        Asker(commune=commune, had=had),
        now=now,
    )
    if reason is not None:
        raise OBSTACLES[reason]
    assert agreement_ends is not None
    last_day = min(today + dt.timedelta(days=offer.voucher_days), agreement_ends)
    return day_begins(last_day + dt.timedelta(days=1))


def _take_one(offer_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [offer_id])
        if cursor.rowcount == 0:
            raise OutOfStock


def _free_code() -> str:
    """A code that no voucher has.  Two drawn at the same moment are kept apart by the table."""
    while True:
        code = voucher_code.draw()
        if not Redemption.objects.filter(code=code).exists():
            return code
