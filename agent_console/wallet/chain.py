"""The chain as the wallet service sees it: lag, reconciliations, drifts, proofs."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import WalletRefused, request


@dataclass(frozen=True)
class ReconciliationView:
    """One comparison of ledger and chain; ``drifts`` counts the wallets that differ."""

    id: str
    block_number: int | None
    wallets: int
    drifts: int
    agrees: bool
    finished_at: datetime


@dataclass(frozen=True)
class ChainView:
    """How far the chain is behind the ledger, and whether issuing goes on."""

    state: str
    problem: str
    lag_entries: int
    lag_seconds: int | None
    issuing_stopped: bool
    issuing_stopped_reason: str
    last_reconciliation: ReconciliationView | None


@dataclass(frozen=True)
class DriftView:
    """What differs; numbers are points as each side has them."""

    kind: str
    entry_id: str
    wallet_id: str
    ledger_points: int | None
    chain_points: int | None


@dataclass(frozen=True)
class ProofView:
    """Where an entry stands on the chain, and what to look for there."""

    entry_id: uuid.UUID
    operation: str
    points: int
    transaction_hash: str
    block_number: int
    block_hash: str
    position: int
    line_count: int
    number: int
    first_number: int
    function: str
    line: str
    contract_address: str
    chain_id: int
    settled_at: datetime


def chain_get() -> ChainView:
    """The chain's state; raises ``WalletUnavailable``."""
    body = request("GET", "/v1/chain")
    last = body.get("last_reconciliation")
    lag_seconds = body.get("lag_seconds")
    return ChainView(
        state=body["state"],
        problem=body.get("problem") or "",
        lag_entries=body["lag_entries"],
        lag_seconds=int(lag_seconds) if lag_seconds is not None else None,
        issuing_stopped=body["issuing_stopped"],
        issuing_stopped_reason=body.get("issuing_stopped_reason") or "",
        last_reconciliation=_reconciliation(last) if last else None,
    )


def reconciliations(*, limit: int) -> list[ReconciliationView]:
    """The newest comparisons; raises ``WalletUnavailable``."""
    body = request("GET", "/v1/reconciliations", params={"limit": limit})
    return [_reconciliation(item) for item in body["items"]]


def drifts_of(reconciliation_id: str) -> list[DriftView]:
    """What a comparison found; raises ``WalletUnavailable``."""
    body = request("GET", f"/v1/reconciliations/{reconciliation_id}/drifts")
    return [
        DriftView(
            kind=item["kind"],
            entry_id=item.get("entry_id") or "",
            wallet_id=item.get("wallet_id") or "",
            ledger_points=item.get("ledger_points"),
            chain_points=item.get("chain_points"),
        )
        for item in body["items"]
    ]


def proof_get(entry_id: uuid.UUID) -> ProofView | None:
    """The proof of an entry; ``None`` while there is none.  Raises ``WalletRefused`` (unknown)."""
    try:
        body = request("GET", f"/v1/proofs/{entry_id}")
    except WalletRefused as refusal:
        if refusal.code == "proof_not_ready":
            return None
        raise
    return ProofView(
        entry_id=uuid.UUID(body["entry_id"]),
        operation=body["operation"],
        points=body["points"],
        transaction_hash=body["transaction_hash"],
        block_number=body["block_number"],
        block_hash=body["block_hash"],
        position=body["position"],
        line_count=body["line_count"],
        number=body["number"],
        first_number=body["first_number"],
        function=body["function"],
        line=body["line"],
        contract_address=body["contract_address"],
        chain_id=body["chain_id"],
        settled_at=datetime.fromisoformat(body["settled_at"]),
    )


def _reconciliation(body: Mapping[str, Any]) -> ReconciliationView:
    return ReconciliationView(
        id=str(body["id"]),
        block_number=body.get("block_number"),
        wallets=body["wallets"],
        drifts=body["drifts"],
        agrees=body["agrees"],
        finished_at=datetime.fromisoformat(body["finished_at"]),
    )
