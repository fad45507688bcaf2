"""Offers that points can be had for, and the vouchers they become."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils import timezone

from service_kit import voucher_code

from .http import request
from .pages import all_items

_SHOWN = 50  # redemptions of one wallet


@dataclass(frozen=True)
class CatalogueOffer:
    """An offer as it stands for the one who asks.

    ``refusal`` is a stable code that says why it can't be had now; empty when it can.
    """

    id: uuid.UUID
    title: str
    description: str
    how_to_use: str
    partner_name: str
    price_points: int
    voucher_days: int
    communes: tuple[str, ...]
    last_day: date  # on which the offer can be had
    left: int | None
    refusal: str


class VoucherState(StrEnum):
    """What became of a voucher; a held one past its date is already ``expired``."""

    HELD = "held"
    CAPTURED = "captured"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class RedemptionView:
    """Points held for an offer, and the voucher that stands for them."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    code: str
    state: VoucherState
    points: int
    offer_title: str
    how_to_use: str
    partner_name: str
    expires_at: datetime
    captured_at: datetime | None
    site: str
    created_at: datetime

    @property
    def last_day(self) -> date:
        """The last day on which the voucher can be used."""
        return day_before(self.expires_at)


def catalogue(
    *, commune: str | None = None, wallet_id: uuid.UUID | None = None
) -> list[CatalogueOffer]:
    """What can be had now, in a commune (INSEE code) and for a wallet when they are given."""
    params = {"commune": commune, "wallet_id": str(wallet_id) if wallet_id else None}
    asked = {name: value for name, value in params.items() if value}
    return [_offer(item) for item in all_items("/v1/catalogue", params=asked)]


def redeem(
    *,
    key: str,
    wallet_id: uuid.UUID,
    offer_id: uuid.UUID,
    channel: str,
    price_points: int,
    commune: str | None = None,
) -> RedemptionView:
    """Hold an offer's price, which the resident was told; the same key returns the first voucher.

    Raises ``WalletRefused`` (another price by now, out of stock, not enough points…),
    ``WalletUnknown``, ``WalletUnavailable``.
    """
    body: dict[str, Any] = {
        "wallet_id": str(wallet_id),
        "offer_id": str(offer_id),
        "channel": channel,
        "price_points": price_points,
    }
    if commune:
        body["commune"] = commune
    return _redemption(request("POST", "/v1/redemptions", key=key, json=body))


def redemption_get(redemption_id: uuid.UUID) -> RedemptionView:
    """One redemption; raises ``WalletRefused`` (``redemption_unknown``)."""
    return _redemption(request("GET", f"/v1/redemptions/{redemption_id}"))


def redemption_cancel(redemption_id: uuid.UUID) -> RedemptionView:
    """Give the points back before the voucher is used; repeating changes nothing.

    Raises ``WalletRefused`` when the voucher was used or has lapsed.
    """
    return _redemption(
        request(
            "POST", f"/v1/redemptions/{redemption_id}/cancel", key=f"console:cancel:{redemption_id}"
        )
    )


def redemptions_of(wallet_id: uuid.UUID) -> list[RedemptionView]:
    """A wallet's last 50 redemptions, newest first."""
    body = request("GET", f"/v1/wallets/{wallet_id}/redemptions", params={"limit": _SHOWN})
    return [_redemption(item) for item in body["items"]]


def _offer(body: dict[str, Any]) -> CatalogueOffer:
    return CatalogueOffer(
        id=uuid.UUID(body["id"]),
        title=body["title"],
        description=body["description"],
        how_to_use=body["how_to_use"],
        partner_name=body["partner_name"],
        price_points=body["price_points"],
        voucher_days=body["voucher_days"],
        communes=tuple(body["communes"]),
        last_day=day_before(datetime.fromisoformat(body["valid_until"])),
        left=body["left"],
        refusal=body["reason"] or "",
    )


def _redemption(body: dict[str, Any]) -> RedemptionView:
    offer = body["offer"]
    expires_at = moment(body["expires_at"])
    created_at = moment(body["created_at"])
    assert expires_at is not None
    assert created_at is not None
    return RedemptionView(
        id=uuid.UUID(body["id"]),
        wallet_id=uuid.UUID(body["wallet_id"]),
        code=voucher_code.parse(body["voucher_code"]),
        state=VoucherState(body["state"]),
        points=body["points"],
        offer_title=offer["title"],
        how_to_use=offer["how_to_use"],
        partner_name=offer["partner_name"],
        expires_at=expires_at,
        captured_at=moment(body.get("captured_at")),
        site=body.get("site") or "",
        created_at=created_at,
    )


def day_before(end: datetime) -> date:
    """The last day (Europe/Paris) before an exclusive end."""
    return timezone.localdate(end - timedelta(microseconds=1))


def moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
