"""The wallet service, as the actions see it; shapes in the wallet's OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.http import ServiceClient, ServiceRefused


@dataclass(frozen=True)
class Balance:
    """Points of a wallet: spendable, and waiting for a validation."""

    available_points: int
    pending_points: int


class Wallet:
    """Balance, movements, offers, vouchers."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def balance(self, *, wallet_id: str) -> Balance | None:
        """The wallet's points, None when the ledger does not know it yet."""
        try:
            body = await self._client.call("GET", f"/v1/wallets/{wallet_id}")
        except ServiceRefused as refusal:
            if refusal.status == 404 and refusal.code == "wallet_unknown":
                return None
            raise
        return Balance(
            available_points=int(body["available_points"]),
            pending_points=int(body["pending_points"]),
        )

    async def entries(self, *, wallet_id: str, limit: int) -> list[dict[str, Any]]:
        """The latest movements (``EntryOut``), newest first; none for an unknown wallet."""
        try:
            body = await self._client.call(
                "GET", f"/v1/wallets/{wallet_id}/entries", params={"limit": limit}
            )
        except ServiceRefused as refusal:
            if refusal.status == 404:
                return []
            raise
        return list(body["items"])

    async def offers(self, *, wallet_id: str | None, limit: int) -> list[dict[str, Any]]:
        """The catalogue (``CatalogueOffer``), with what is in the way of this wallet."""
        asked: dict[str, Any] = {"limit": limit}
        if wallet_id:
            asked["wallet_id"] = wallet_id
        body = await self._client.call("GET", "/v1/catalogue", params=asked)
        return list(body["items"])

    async def redeem(
        self,
        *,
        wallet_id: str,
        offer_id: str,
        channel: str,
        points: int,
        commune: str | None,
        idempotency_key: str,
    ) -> dict[str, Any]:
        """A voucher (``RedemptionOut``), once for each key; ``commune`` is an INSEE code.
        Refusals: the catalogue's obstacles (``insufficient_points``, ``other_commune`` …) and
        ``price_changed``."""
        wanted: dict[str, Any] = {
            "wallet_id": wallet_id,
            "offer_id": offer_id,
            "channel": channel,
            "price_points": points,
        }
        if commune:
            wanted["commune"] = commune
        return await self._client.call(
            "POST", "/v1/redemptions", json=wanted, idempotency_key=idempotency_key
        )

    async def cancel_redemption(
        self, *, redemption_id: str, idempotency_key: str
    ) -> dict[str, Any]:
        """Give the points of an unused voucher back."""
        return await self._client.call(
            "POST", f"/v1/redemptions/{redemption_id}/cancel", idempotency_key=idempotency_key
        )
