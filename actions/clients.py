"""The console and the wallet, as the actions see them.

Paths and shapes: the console's ``/api/v1/openapi.json`` and the wallet's ``/v1/openapi.json``.
Every call raises ``ServiceUnavailable`` or ``ServiceRefused`` (see ``actions.http``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from actions.http import ServiceClient, ServiceRefused
from actions.settings import Settings, settings_from_environment


@dataclass(frozen=True)
class ResolvedPlace:
    """What the console makes of a place told in words; ``commune`` is None when it cannot say."""

    found: bool
    in_territory: bool
    commune: str | None


@dataclass(frozen=True)
class CreatedReport:
    """A stored report. ``points`` is what its validation would bring, 0 for none."""

    reference: str
    category_label: str
    service_label: str
    target_hours: int
    clock: str
    points: int


@dataclass(frozen=True)
class Balance:
    """Points of a wallet: spendable, and waiting for a validation."""

    available_points: int
    pending_points: int


class Console:
    """The console's internal API."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def resolve_place(self, *, text: str, commune: str) -> ResolvedPlace:
        """Find a commune, and if possible a place, in what somebody wrote."""
        body = await self._client.call(
            "POST", "/api/v1/places/resolve", json={"text": text, "commune": commune}, safe=True
        )
        commune_found: dict[str, Any] | None = body.get("commune")
        return ResolvedPlace(
            found=bool(body.get("found")),
            in_territory=bool(body.get("in_territory")),
            commune=str(commune_found["name"]) if commune_found else None,
        )

    async def create_report(
        self,
        *,
        idempotency_key: str,
        conversation: str,
        category: str,
        address: str,
        place: str,
        commune: str,
        description: str,
    ) -> CreatedReport:
        """Store a report, once for each key. Refusals: ``commune_unknown``, ``category_unknown``,
        ``place_missing``, ``outside_territory`` (all 422); ``idempotency_conflict`` (409) when the
        key stored other words, ``fields["reference"]`` being that report's."""
        body = await self._client.call(
            "POST",
            "/api/v1/reports",
            json={
                "conversation": conversation,
                "category": category,
                "address": address,
                "place": place,
                "commune": commune,
                "description": description,
            },
            idempotency_key=idempotency_key,
        )
        return CreatedReport(
            reference=str(body["reference"]),
            category_label=str(body["category_label"]),
            service_label=str(body["service_label"]),
            target_hours=int(body["target_hours"]),
            clock=str(body["clock"]),
            points=int(body["points"]),
        )

    async def wallet_of(self, *, conversation: str) -> str | None:
        """The wallet (UUID) of the person in this conversation, None while there is none."""
        body = await self._client.call("GET", f"/api/v1/conversations/{conversation}/wallet")
        wallet = body.get("wallet_id")
        return str(wallet) if wallet else None


class Wallet:
    """The wallet service's API, read only."""

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


@dataclass(frozen=True)
class Services:
    """The two services that actions may call."""

    console: Console
    wallet: Wallet


_services: Services | None = None


def connect(settings: Settings) -> Services:
    """Clients for these settings; connections open on first use and are kept."""
    return Services(
        console=Console(
            ServiceClient(
                service="console", base_url=settings.console_url, token=settings.console_token
            )
        ),
        wallet=Wallet(
            ServiceClient(
                service="wallet", base_url=settings.wallet_url, token=settings.wallet_token
            )
        ),
    )


def services() -> Services:
    """The process's clients. rasa_sdk builds actions without arguments, so they ask here."""
    global _services
    if _services is None:
        _services = connect(settings_from_environment())
    return _services


def use_services(replacement: Services | None) -> None:
    """Set the process's clients; None means: connect again from the environment."""
    global _services
    _services = replacement
