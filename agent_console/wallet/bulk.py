"""Many rewards in one request, each with its own key and its own answer."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .http import WalletUnavailable, request
from .rewards import LIMIT_CODES, LimitReached, RewardView, limit_reached, reward_view

ITEMS_MAX = 100


@dataclass(frozen=True)
class RewardRequest:
    """One reward asked for; ``evidence`` is its key too, so asking again is harmless."""

    wallet_id: uuid.UUID
    rule: str
    evidence: uuid.UUID
    channel: str
    quantity: int = 1

    @property
    def key(self) -> str:
        """The item's idempotency key."""
        return f"open:{self.evidence}"


@dataclass(frozen=True)
class RewardAnswer:
    """What became of one request: a reward, or the ``code`` of a refusal; ``limit`` goes with a
    code of ``LIMIT_CODES``."""

    request: RewardRequest
    reward: RewardView | None
    code: str
    limit: LimitReached | None = None


def rewards_open(requests: Sequence[RewardRequest]) -> list[RewardAnswer]:
    """Ask for at most ``ITEMS_MAX`` rewards; one answer for each, in the order asked.

    Raises ``WalletUnavailable`` when there is no usable answer for all of them.
    """
    if not requests:
        return []
    body = request(
        "POST",
        "/v1/rewards/bulk",
        json={"items": [_item(asked) for asked in requests]},
        final=(),
    )
    results = {str(result["key"]): result for result in body["results"]}
    if set(results) != {asked.key for asked in requests}:
        raise WalletUnavailable("bulk_answer_incomplete")
    return [_answer(asked, results[asked.key]) for asked in requests]


def _item(asked: RewardRequest) -> dict[str, Any]:
    return {
        "key": asked.key,
        "wallet_id": str(asked.wallet_id),
        "rule": asked.rule,
        "evidence": str(asked.evidence),
        "channel": asked.channel,
        "quantity": asked.quantity,
    }


def _answer(asked: RewardRequest, result: dict[str, Any]) -> RewardAnswer:
    reward = result.get("reward")
    if reward:
        return RewardAnswer(request=asked, reward=reward_view(reward), code="")
    problem = result.get("problem") or {}
    code = str(problem.get("code", ""))
    limit = limit_reached(problem.get("fields") or {}) if code in LIMIT_CODES else None
    return RewardAnswer(request=asked, reward=None, code=code, limit=limit)
