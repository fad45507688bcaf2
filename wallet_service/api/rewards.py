"""``/v1/rewards``: open one or many, read, confirm, void."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router, Status

from service_kit.openapi import problems
from service_kit.problems import problem_body
from service_kit.tokens import require_scope
from wallet_service.ledger.idempotency import Answer
from wallet_service.rewards.bulk import BulkItem, Result, rewards_open
from wallet_service.rewards.patterns import signals_of
from wallet_service.rewards.rendering import reward_body, reward_facts
from wallet_service.rewards.selectors import reviews_shown, reward_get
from wallet_service.rewards.services import reward_confirm, reward_void
from wallet_service.rewards.standing import Asked
from wallet_service.rewards.together import reward_open_in_line

from .answers import WRITE_PROBLEMS, status_of
from .messages import REFUSALS
from .schemas.rewards import (
    BulkIn,
    BulkItemIn,
    BulkOut,
    MalformedItem,
    RewardIn,
    RewardOut,
    RewardVoidIn,
)
from .types import IdempotencyKeyHeader, Uuid

router = Router(tags=["rewards"])
_JSON = "application/json; charset=utf-8"


@router.post("", response={201: RewardOut, **WRITE_PROBLEMS}, operation_id="openReward")
def open_reward(
    request: HttpRequest,
    payload: RewardIn,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Open a reward: pending, or posted at once when its rule says so.

    Sent again with the same key, it gives the first answer again.
    """
    caller = require_scope(request, "rewards:write")
    item = BulkItem(key=idempotency_key, asked=_asked(payload))
    return status_of(reward_open_in_line(client=caller.name, item=item))


@router.post(
    "/bulk",
    response={200: BulkOut, **problems(400, 401, 403, 413, 422, 503)},
    operation_id="openRewards",
)
def open_rewards(request: HttpRequest, payload: BulkIn) -> HttpResponse:
    """Open up to 100 rewards, each with its own key and its own result.

    A refused item hurts no other, and uses neither its key nor its evidence.  After a 503 either
    all that could be written was, or nothing: the same items with the same keys tell.
    """
    caller = require_scope(request, "rewards:write")
    # The schema lets malformed items through, so that each answers for itself.
    items: Sequence[BulkItemIn | MalformedItem] = payload.items
    opened = iter(
        rewards_open(
            client=caller.name,
            items=[
                BulkItem(key=item.key, asked=_asked(item))
                for item in items
                if isinstance(item, BulkItemIn)
            ],
        )
    )
    results = [
        _malformed(item) if isinstance(item, MalformedItem) else _result(item.key, next(opened))
        for item in items
    ]
    # Written as it is: the answers were rendered to be kept, and reading a hundred of them again
    # would cost as much as opening them.
    return HttpResponse(json.dumps({"results": results}, ensure_ascii=False), content_type=_JSON)


@router.get(
    "/{reward_id}",
    response={200: RewardOut, **problems(401, 403, 404, 422, 503)},
    operation_id="readReward",
)
def read_reward(request: HttpRequest, reward_id: Uuid) -> dict[str, Any]:
    """The reward as it stands now."""
    require_scope(request, "rewards:read")
    reward = reward_get(reward_id=reward_id)
    review = reviews_shown(subjects=[reward_id]).get(reward_id)
    return reward_body(reward_facts(reward, review=review))


@router.post(
    "/{reward_id}/confirm",
    response={200: RewardOut, **WRITE_PROBLEMS},
    operation_id="confirmReward",
)
def confirm_reward(
    request: HttpRequest,
    reward_id: Uuid,
    idempotency_key: IdempotencyKeyHeader,
) -> Status[Any]:
    """Post a pending reward: its points can be spent and are minted on the chain."""
    caller = require_scope(request, "rewards:write")
    return status_of(reward_confirm(client=caller.name, key=idempotency_key, reward_id=reward_id))


@router.post(
    "/{reward_id}/void",
    response={200: RewardOut, **WRITE_PROBLEMS},
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
    return status_of(
        reward_void(
            client=caller.name, key=idempotency_key, reward_id=reward_id, reason=payload.reason
        )
    )


def _asked(payload: RewardIn) -> Asked:
    return Asked(
        wallet_id=payload.wallet_id,
        rule_code=payload.rule,
        evidence=payload.evidence,
        channel=payload.channel,
        quantity=payload.quantity,
        signals=signals_of(payload.signals.photos, payload.signals.place),
    )


def _result(key: str, result: Result) -> dict[str, Any]:
    if isinstance(result, Answer):
        return {"key": key, "status": result.status, "reward": result.body, "problem": None}
    status, message = REFUSALS[result.code]
    problem = problem_body(status, result.code, message, dict(result.fields))
    return {"key": key, "status": status, "reward": None, "problem": problem}


def _malformed(item: MalformedItem) -> dict[str, Any]:
    problem = problem_body(
        422, "invalid_request", "Cette récompense contient des champs invalides.", item.fields
    )
    return {"key": item.key, "status": 422, "reward": None, "problem": problem}
