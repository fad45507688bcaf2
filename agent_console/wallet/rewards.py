"""Rewards: promised, confirmed, dropped."""

import uuid
from dataclasses import dataclass
from typing import Any

from .http import request

# Decisions about a reward.  Any other refusal (a token just rotated, rules not seeded yet, a wallet
# restored from yesterday) is a fault that somebody mends: nobody's points may be lost over it.
FINAL_CODES = frozenset(
    {
        "evidence_already_rewarded",
        "reward_not_pending",
        "cap_day_reached",
        "cap_month_reached",
        "cooling_off",
        "budget_exhausted",
    }
)


@dataclass(frozen=True)
class RewardView:
    """A reward; ``state`` is ``pending``, ``posted`` or ``voided``."""

    id: uuid.UUID
    state: str
    points: int


def reward_open(
    *, wallet_id: uuid.UUID, rule: str, evidence: uuid.UUID, channel: str
) -> RewardView:
    """Promise the points of ``rule`` for ``evidence``; repeating returns the first reward."""
    return _reward(
        request(
            "POST",
            "/v1/rewards",
            key=f"open:{evidence}",
            json={
                "wallet_id": str(wallet_id),
                "rule": rule,
                "evidence": str(evidence),
                "channel": channel,
            },
            final=FINAL_CODES,
        )
    )


def reward_confirm(*, reward_id: uuid.UUID) -> RewardView:
    """Post a pending reward; repeating returns the first answer."""
    return _reward(
        request(
            "POST",
            f"/v1/rewards/{reward_id}/confirm",
            key=f"confirm:{reward_id}",
            final=FINAL_CODES,
        )
    )


def reward_void(*, reward_id: uuid.UUID, reason: str) -> RewardView:
    """Drop a pending reward; ``reason`` is a code, never free text."""
    return _reward(
        request(
            "POST",
            f"/v1/rewards/{reward_id}/void",
            key=f"void:{reward_id}",
            json={"reason": reason},
            final=FINAL_CODES,
        )
    )


def _reward(body: dict[str, Any]) -> RewardView:
    return RewardView(id=uuid.UUID(body["id"]), state=body["state"], points=body["points"])
