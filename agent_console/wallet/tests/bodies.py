"""For tests only: answers of the wallet, whole, as its description has them."""

from typing import Any

from service_kit.problems import problem_body

AT = "2026-01-01T00:00:00Z"
WALLET_ID = "11111111-1111-4111-8111-111111111111"


def reward_out(reward_id: str, **changed: Any) -> dict[str, Any]:
    """``RewardOut``, pending unless said otherwise."""
    return {
        "id": reward_id,
        "wallet_id": WALLET_ID,
        "rule": "report.pothole",
        "quantity": 1,
        "points": 10,
        "state": "pending",
        "evidence": "99999999-9999-4999-8999-999999999999",
        "channel": "web",
        "created_at": AT,
        "posts_at": None,
        "review": None,
        "decided_at": None,
        **changed,
    }


def wallet_out(wallet_id: str) -> dict[str, Any]:
    """``WalletOut`` of a wallet just opened."""
    return {
        "id": wallet_id,
        "address": "0x" + "11" * 20,
        "available_points": 0,
        "pending_points": 0,
        "held_points": 0,
        "merged_wallets": [],
        "recoverable_points": 0,
        "settled_points": 0,
        "last_settlement": None,
        "created_at": AT,
    }


def drift_out(**changed: Any) -> dict[str, Any]:
    """``DriftOut``: an entry that is missing on the chain."""
    return {
        "kind": "missing_on_chain",
        "entry_id": "55555555-5555-4555-8555-555555555555",
        "wallet_id": None,
        "address": None,
        "transaction_hash": None,
        "points": 10,
        "ledger_points": 10,
        "intended_points": 10,
        "settled_points": 10,
        "chain_points": 0,
        **changed,
    }


def refused(status: int, code: str, **fields: str) -> dict[str, Any]:
    """``ProblemOut``."""
    return problem_body(status, code, "", fields)
