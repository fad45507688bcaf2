"""Wallets: balances, and where the chain proves them."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import request


@dataclass(frozen=True)
class SettlementView:
    """Where the chain proves an entry; ``position`` is the line's index in its batch."""

    entry_id: uuid.UUID
    number: int
    operation: str
    points: int
    transaction_hash: str
    block_number: int
    position: int
    contract_address: str
    chain_id: int
    settled_at: datetime


@dataclass(frozen=True)
class WalletView:
    """A wallet's balances in points; ``settled_points`` is what the chain already shows.

    ``recoverable_points``: what a correction could not take, taken from what comes next.
    """

    id: uuid.UUID
    address: str
    available_points: int
    pending_points: int
    held_points: int
    settled_points: int
    recoverable_points: int
    last_settlement: SettlementView | None


def wallet_get(wallet_id: uuid.UUID) -> WalletView:
    """The wallet's balances; raises ``WalletUnknown`` or ``WalletUnavailable``."""
    body = request("GET", f"/v1/wallets/{wallet_id}")
    settlement = body["last_settlement"]
    return WalletView(
        id=uuid.UUID(body["id"]),
        address=body["address"],
        available_points=body["available_points"],
        pending_points=body["pending_points"],
        held_points=body["held_points"],
        settled_points=body["settled_points"],
        recoverable_points=body["recoverable_points"],
        last_settlement=_settlement(settlement) if settlement else None,
    )


def wallet_open(wallet_id: uuid.UUID) -> None:
    """Make sure that the wallet exists; harmless to repeat."""
    request("PUT", f"/v1/wallets/{wallet_id}")


def _settlement(body: dict[str, Any]) -> SettlementView:
    return SettlementView(
        entry_id=uuid.UUID(body["entry_id"]),
        number=body["number"],
        operation=body["operation"],
        points=body["points"],
        transaction_hash=body["transaction_hash"],
        block_number=body["block_number"],
        position=body["position"],
        contract_address=body["contract_address"],
        chain_id=body["chain_id"],
        settled_at=datetime.fromisoformat(body["settled_at"]),
    )
