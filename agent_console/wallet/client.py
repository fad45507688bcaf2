"""HTTP client of the wallet service (``/v1``, contract in ``docs/api/wallet.openapi.json``).

Reads are for screens: short time-outs, one try.  Writes carry an idempotency key, so that the job
that makes them may repeat them after any failure.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx
from django.conf import settings

_TIMEOUT = httpx.Timeout(5.0, connect=1.0)
# Decisions about a reward.  Any other refusal (a token just rotated, rules not seeded yet, a wallet
# restored from yesterday) is a fault that somebody mends: nobody's points may be lost over it.
_FINAL_CODES = frozenset({"evidence_already_rewarded", "reward_not_pending"})


logger = logging.getLogger(__name__)


class WalletError(Exception):
    """Base of this client's errors."""


class WalletUnavailable(WalletError):
    """No usable answer: away, failing, or set up wrongly on either side; ask again later."""


class WalletUnknown(WalletError):
    """No wallet has this number."""


class WalletRefused(WalletError):
    """The service refuses this very request for good; ``code`` is its stable code."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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
    """A wallet's balances in points; ``settled_points`` is what the chain already shows."""

    id: uuid.UUID
    address: str
    available_points: int
    pending_points: int
    held_points: int
    settled_points: int
    last_settlement: SettlementView | None


@dataclass(frozen=True)
class RewardView:
    """A reward; ``state`` is ``pending``, ``posted`` or ``voided``."""

    id: uuid.UUID
    state: str
    points: int


def wallet_get(wallet_id: uuid.UUID) -> WalletView:
    """The wallet's balances; raises ``WalletUnknown`` or ``WalletUnavailable``."""
    body = _request("GET", f"/v1/wallets/{wallet_id}")
    settlement = body["last_settlement"]
    return WalletView(
        id=uuid.UUID(body["id"]),
        address=body["address"],
        available_points=body["available_points"],
        pending_points=body["pending_points"],
        held_points=body["held_points"],
        settled_points=body["settled_points"],
        last_settlement=_settlement(settlement) if settlement else None,
    )


def wallet_open(wallet_id: uuid.UUID) -> None:
    """Make sure that the wallet exists; harmless to repeat."""
    _request("PUT", f"/v1/wallets/{wallet_id}")


def reward_open(
    *, wallet_id: uuid.UUID, rule: str, evidence: uuid.UUID, channel: str
) -> RewardView:
    """Promise the points of ``rule`` for ``evidence``; repeating returns the first reward."""
    return _reward(
        _request(
            "POST",
            "/v1/rewards",
            key=f"open:{evidence}",
            json={
                "wallet_id": str(wallet_id),
                "rule": rule,
                "evidence": str(evidence),
                "channel": channel,
            },
        )
    )


def reward_confirm(*, reward_id: uuid.UUID) -> RewardView:
    """Post a pending reward; repeating returns the first answer."""
    return _reward(_request("POST", f"/v1/rewards/{reward_id}/confirm", key=f"confirm:{reward_id}"))


def reward_void(*, reward_id: uuid.UUID, reason: str) -> RewardView:
    """Drop a pending reward; ``reason`` is a code, never free text."""
    return _reward(
        _request(
            "POST",
            f"/v1/rewards/{reward_id}/void",
            key=f"void:{reward_id}",
            json={"reason": reason},
        )
    )


@cache
def _client() -> httpx.Client:
    return httpx.Client(
        base_url=settings.WALLET_URL,
        timeout=_TIMEOUT,
        headers={"Authorization": f"Bearer {settings.WALLET_API_TOKEN}"},
    )


def _request(
    method: str, path: str, *, key: str | None = None, json: dict[str, Any] | None = None
) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    try:
        response = _client().request(method, path, headers=headers, json=json)
    except httpx.HTTPError as exc:
        raise WalletUnavailable from exc
    if response.is_success:
        body: dict[str, Any] = response.json()
        return body
    try:
        code = str(response.json()["code"])
    except (ValueError, KeyError, TypeError):
        code = ""
    if code == "wallet_unknown":
        raise WalletUnknown
    if code in _FINAL_CODES:
        raise WalletRefused(code)
    logger.error(
        "wallet request failed",
        extra={"status_code": response.status_code, "code": code, "method": method},
    )
    raise WalletUnavailable


def _reward(body: dict[str, Any]) -> RewardView:
    return RewardView(id=uuid.UUID(body["id"]), state=body["state"], points=body["points"])


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
