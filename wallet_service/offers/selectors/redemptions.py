"""Reads of redemptions and vouchers, and how they are shown."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from service_kit.voucher_code import shown
from wallet_service.ledger.selectors import wallet_get, wallets_merged

from ..domain import RedemptionState, day_begins
from ..errors import RedemptionUnknown, VoucherOtherPartner, VoucherUnknown
from ..models import OfferChange, Redemption
from ..requests import utc
from .partners import partner_get

type Terms = dict[tuple[uuid.UUID, int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CapturesTotal:
    """What a partner captured in a while: how many vouchers, their points and cents."""

    vouchers: int
    points: int
    cents: int


def redemption_get(*, redemption_id: uuid.UUID) -> Redemption:
    """The redemption.  Raises ``RedemptionUnknown``."""
    redemption = Redemption.objects.select_related("partner").filter(id=redemption_id).first()
    if redemption is None:
        raise RedemptionUnknown
    return redemption


def redemption_page(
    *, wallet_id: uuid.UUID, before: uuid.UUID | None, limit: int
) -> list[Redemption]:
    """At most ``limit`` redemptions of the wallet and of those merged into it, newest first.

    Raises ``WalletUnknown``.
    """
    wallet_get(wallet_id=wallet_id)
    family = wallets_merged(wallet_id=wallet_id)
    redemptions = Redemption.objects.select_related("partner").filter(wallet_id__in=family)
    if before is not None:
        redemptions = redemptions.filter(id__lt=before)
    return list(redemptions.order_by("-id")[:limit])


def voucher_get(*, code: str, partner_id: uuid.UUID | None) -> Redemption:
    """The voucher with this code (nine symbols), for its own partner if one asks.

    Raises ``VoucherUnknown`` and ``VoucherOtherPartner``.
    """
    redemption = Redemption.objects.select_related("partner").filter(code=code).first()
    if redemption is None:
        raise VoucherUnknown
    if partner_id is not None and redemption.partner_id != partner_id:
        raise VoucherOtherPartner
    return redemption


def captures_page(
    *, partner_id: uuid.UUID, day: dt.date, before: uuid.UUID | None, limit: int
) -> list[Redemption]:
    """At most ``limit`` vouchers that the partner captured on ``day`` (Europe/Paris), newest first,
    captured before the voucher ``before``.  Raises ``PartnerUnknown``.
    """
    partner_get(partner_id=partner_id)
    captured = _captured_on(partner_id, day)
    if before is not None:
        at = captured.filter(id=before).values_list("captured_at", flat=True).first()
        if at is None:
            return []
        captured = captured.filter(Q(captured_at__lt=at) | Q(captured_at=at, id__lt=before))
    return list(captured.order_by("-captured_at", "-id")[:limit])


def captures_total(*, partner_id: uuid.UUID, day: dt.date) -> CapturesTotal:
    """All that the partner captured on ``day`` (Europe/Paris), summed up by the database."""
    found = _captured_on(partner_id, day).aggregate(
        vouchers=Count("id"), points=Sum("points"), cents=Sum("reimbursement_cents")
    )
    return CapturesTotal(found["vouchers"], found["points"] or 0, found["cents"] or 0)


def _captured_on(partner_id: uuid.UUID, day: dt.date) -> QuerySet[Redemption]:
    return Redemption.objects.filter(
        partner_id=partner_id,
        captured_at__gte=day_begins(day),
        captured_at__lt=day_begins(day + dt.timedelta(days=1)),
    )


def terms_of(redemptions: Iterable[Redemption]) -> Terms:
    """(offer, version) → the offer as it was when the voucher was taken."""
    wanted = {(one.offer_id, one.offer_version) for one in redemptions}
    versions = OfferChange.objects.filter(
        offer_id__in={offer_id for offer_id, _ in wanted},
        version__in={version for _, version in wanted},
    ).values_list("offer_id", "version", "after")
    return {(offer, version): after for offer, version, after in versions}


def redemption_bodies(redemptions: Sequence[Redemption]) -> list[dict[str, Any]]:
    """The bodies of ``RedemptionOut``, with one read of their offers."""
    terms = terms_of(redemptions)
    return [redemption_body(one, terms) for one in redemptions]


def redemption_body(redemption: Redemption, terms: Terms | None = None) -> dict[str, Any]:
    """The body of ``RedemptionOut``: what was promised when the voucher was taken."""
    version = (redemption.offer_id, redemption.offer_version)
    promised = (terms or terms_of([redemption]))[version]
    return {
        "id": str(redemption.id),
        "wallet_id": str(redemption.wallet_id),
        "state": str(state_now(redemption)),
        "channel": str(redemption.channel),
        "voucher_code": shown(redemption.code),
        "points": redemption.points,
        "offer": {
            "id": str(redemption.offer_id),
            "title": promised["title"],
            "how_to_use": promised["how_to_use"],
            "partner_id": str(redemption.partner_id),
            "partner_name": redemption.partner.name,
        },
        "created_at": utc(redemption.created_at),
        "expires_at": utc(redemption.expires_at),
        "captured_at": utc(redemption.captured_at) if redemption.captured_at else None,
        "site": redemption.site or None,
        "released_at": utc(redemption.released_at) if redemption.released_at else None,
    }


def voucher_body(redemption: Redemption, terms: Terms | None = None) -> dict[str, Any]:
    """The body of ``VoucherOut``: what the till and the supervisor see besides."""
    dispute = redemption.disputes.order_by("-id").values_list("state", flat=True).first()
    return {
        **redemption_body(redemption, terms),
        "reimbursement_cents": redemption.reimbursement_cents,
        "cashier": str(redemption.cashier) if redemption.cashier else None,
        "dispute": dispute,
    }


def state_now(redemption: Redemption) -> RedemptionState:
    """The state as people see it: a held voucher past its time has lapsed, even if the worker has
    not returned its points yet."""
    state = RedemptionState(redemption.state)
    if state is RedemptionState.HELD and redemption.expires_at <= timezone.now():
        return RedemptionState.EXPIRED
    return state
