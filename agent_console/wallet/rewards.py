"""Rewards: promised, confirmed, dropped."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
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

# Of these, the ones that end by themselves: the same may be asked for again when the limit opens.
LIMIT_CODES = frozenset({"cap_day_reached", "cap_month_reached", "cooling_off"})


@dataclass(frozen=True)
class LimitReached:
    """What a refusal of ``LIMIT_CODES`` says: until when, and how much would still fit.

    Points are whole; ``asked_points`` is what the whole quantity was worth.  ``None`` is what the
    service did not say (a cooling-off has no cap).
    """

    again_at: datetime | None = None
    asked_points: int | None = None
    cap_points: int | None = None
    left_points: int | None = None


@dataclass(frozen=True)
class RewardView:
    """A reward; ``state`` is ``pending``, ``posted`` or ``voided``.

    ``posts_at``: when it posts by itself unless somebody decides before; ``review`` is ``open``,
    ``cleared``, ``confirmed_fraud`` or empty.
    """

    id: uuid.UUID
    state: str
    points: int
    posts_at: datetime | None = None
    review: str = ""


@dataclass(frozen=True)
class Signals:
    """What lets the wallet see a pattern without learning anything: keyed digests, hexadecimal."""

    place: str = ""
    photos: tuple[str, ...] = ()

    def body(self) -> dict[str, Any]:
        """As the service reads it."""
        place = {"place": self.place} if self.place else {}
        photos = {"photos": list(self.photos)} if self.photos else {}
        return {**place, **photos}


def reward_open(
    *,
    wallet_id: uuid.UUID,
    rule: str,
    evidence: uuid.UUID,
    channel: str,
    quantity: int = 1,
    signals: Signals | None = None,
) -> RewardView:
    """Promise ``quantity`` times the points of ``rule`` for ``evidence``.

    Repeating returns the first reward.
    """
    noticed = signals.body() if signals else {}
    return reward_view(
        request(
            "POST",
            "/v1/rewards",
            key=f"open:{evidence}",
            json={
                "wallet_id": str(wallet_id),
                "rule": rule,
                "evidence": str(evidence),
                "channel": channel,
                "quantity": quantity,
                **({"signals": noticed} if noticed else {}),
            },
            final=FINAL_CODES,
        )
    )


def reward_get(reward_id: uuid.UUID) -> RewardView:
    """The reward as it stands now."""
    return reward_view(request("GET", f"/v1/rewards/{reward_id}", final=FINAL_CODES))


def reward_confirm(*, reward_id: uuid.UUID) -> RewardView:
    """Post a pending reward; repeating returns the first answer."""
    return reward_view(
        request(
            "POST",
            f"/v1/rewards/{reward_id}/confirm",
            key=f"confirm:{reward_id}",
            final=FINAL_CODES,
        )
    )


def reward_void(*, reward_id: uuid.UUID, reason: str) -> RewardView:
    """Drop a pending reward; ``reason`` is a code, never free text."""
    return reward_view(
        request(
            "POST",
            f"/v1/rewards/{reward_id}/void",
            key=f"void:{reward_id}:{reason}",
            json={"reason": reason},
            final=FINAL_CODES,
        )
    )


def reward_view(body: Mapping[str, Any]) -> RewardView:
    """A reward as the service writes it."""
    posts_at = body.get("posts_at")
    return RewardView(
        id=uuid.UUID(body["id"]),
        state=body["state"],
        points=body["points"],
        posts_at=datetime.fromisoformat(posts_at) if posts_at else None,
        review=body.get("review") or "",
    )


def limit_reached(fields: Mapping[str, Any]) -> LimitReached:
    """The ``fields`` of a refusal, as the service writes them: texts."""
    again_at = fields.get("again_at")
    return LimitReached(
        again_at=datetime.fromisoformat(again_at) if again_at else None,
        **{
            name: int(fields[name]) if name in fields else None
            for name in ("asked_points", "cap_points", "left_points")
        },
    )
