"""The review list: what looks wrong, and what a person decided about it."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import request
from .rewards import RewardView, reward_view


@dataclass(frozen=True)
class ReviewView:
    """A case; ``subject`` is a reward or a redemption, ``reward`` is there for the former."""

    id: uuid.UUID
    pattern: str
    wallet_id: uuid.UUID
    subject: uuid.UUID
    state: str
    opened_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    reward: RewardView | None


@dataclass(frozen=True)
class ReviewPage:
    """Some cases; ``next_cursor`` is empty on the last page."""

    items: list[ReviewView]
    next_cursor: str


def reviews(*, state: str, cursor: str = "") -> ReviewPage:
    """Cases in one state; raises ``WalletUnavailable``."""
    params = {"state": state, **({"cursor": cursor} if cursor else {})}
    body = request("GET", "/v1/reviews", params=params)
    return ReviewPage(
        items=[_review(item) for item in body["items"]],
        next_cursor=str(body.get("next_cursor") or ""),
    )


def review_decide(*, review_id: uuid.UUID, decision: str, actor: uuid.UUID) -> ReviewView:
    """Close a case with ``clear`` or ``confirm_fraud``; raises ``WalletRefused``."""
    return _review(
        request(
            "POST",
            f"/v1/reviews/{review_id}/decision",
            key=f"review:{review_id}:{decision}:{actor.hex[:12]}",
            json={"decision": decision, "actor": str(actor)},
        )
    )


def _review(body: Mapping[str, Any]) -> ReviewView:
    decided_by, decided_at, reward = (
        body.get(name) for name in ("decided_by", "decided_at", "reward")
    )
    return ReviewView(
        id=uuid.UUID(body["id"]),
        pattern=body["pattern"],
        wallet_id=uuid.UUID(body["wallet_id"]),
        subject=uuid.UUID(body["subject"]),
        state=body["state"],
        opened_at=datetime.fromisoformat(body["opened_at"]),
        decided_by=uuid.UUID(decided_by) if decided_by else None,
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
        reward=reward_view(reward) if reward else None,
    )
