"""``/v1/rewards``: open, read, confirm, void."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Status

from service_kit.openapi import problems
from service_kit.tokens import require_scope
from wallet_service.ledger.idempotency import Answer
from wallet_service.rewards.selectors import reward_get
from wallet_service.rewards.services import reward_body, reward_confirm, reward_open, reward_void

from .schemas.rewards import RewardIn, RewardOut, RewardVoidIn
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["rewards"])
_WRITE_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 422, 503)


@router.post("", response={201: RewardOut, **_WRITE_PROBLEMS}, operation_id="openReward")
def open_reward(
    request: HttpRequest,
    payload: RewardIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Open a pending reward.  Sent again with the same key, it gives the first answer again."""
    caller = require_scope(request, "rewards:write")
    return _status(
        reward_open(
            client=caller.name,
            key=idempotency_key,
            wallet_id=payload.wallet_id,
            rule_code=payload.rule,
            evidence=payload.evidence,
            channel=payload.channel,
        )
    )


@router.get(
    "/{reward_id}",
    response={200: RewardOut, **problems(401, 403, 404, 422, 503)},
    operation_id="readReward",
)
def read_reward(request: HttpRequest, reward_id: Uuid) -> dict[str, Any]:
    """The reward as it stands now."""
    require_scope(request, "rewards:read")
    return reward_body(reward_get(reward_id=reward_id))


@router.post(
    "/{reward_id}/confirm",
    response={200: RewardOut, **_WRITE_PROBLEMS},
    operation_id="confirmReward",
)
def confirm_reward(
    request: HttpRequest,
    reward_id: Uuid,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Post a pending reward: its points can be spent and are minted on the chain."""
    caller = require_scope(request, "rewards:write")
    return _status(reward_confirm(client=caller.name, key=idempotency_key, reward_id=reward_id))


@router.post(
    "/{reward_id}/void",
    response={200: RewardOut, **_WRITE_PROBLEMS},
    operation_id="voidReward",
)
def void_reward(
    request: HttpRequest,
    reward_id: Uuid,
    payload: RewardVoidIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Refuse a pending reward."""
    caller = require_scope(request, "rewards:write")
    return _status(
        reward_void(
            client=caller.name, key=idempotency_key, reward_id=reward_id, reason=payload.reason
        )
    )


def _status(answer: Answer) -> Status[Any]:
    return Status(answer.status, answer.body)
