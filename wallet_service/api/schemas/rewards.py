"""Bodies of ``/v1/rewards``."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import ValidationError, ValidatorFunctionWrapHandler, WrapValidator

from service_kit.problems import ProblemOut
from wallet_service.api.types import Digest, IdempotencyKey, ReasonCode, RuleCode, Uuid
from wallet_service.rewards.bulk import MAX_ITEMS
from wallet_service.rewards.domain import Channel, ReviewState, RewardState
from wallet_service.rewards.patterns import MAX_PHOTOS
from wallet_service.rewards.terms import MAX_QUANTITY

from .common import RequestSchema


class SignalsIn(RequestSchema):
    """Keyed digests that the caller makes: equal ones mean the same photo or place, no more."""

    photos: list[Digest] = Field(default=[], max_length=MAX_PHOTOS)
    place: Digest | None = None


class RewardIn(RequestSchema):
    wallet_id: Uuid
    rule: RuleCode = Field(description="Code of the rule, such as `report.pothole`.")
    evidence: Uuid = Field(description="Opaque reference; rewarded once per rule.")
    channel: Channel
    quantity: int = Field(
        default=1, strict=True, ge=1, le=MAX_QUANTITY, description="Times the rule's points."
    )
    signals: SignalsIn = Field(default_factory=SignalsIn)


class BulkItemIn(RewardIn):
    key: IdempotencyKey = Field(description="As `Idempotency-Key`, for this reward alone.")


class MalformedItem(Schema):
    """An item that is no reward: it answers for itself, and hurts no other."""

    key: str | None
    fields: dict[str, str]


def _apart(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """The item, or what is wrong with it."""
    try:
        return handler(value)
    except ValidationError as error:
        wrong = {
            ".".join(str(part) for part in line["loc"]) or "item": line["msg"]
            for line in error.errors(include_url=False, include_context=False)
        }
        key = value.get("key") if isinstance(value, dict) and "key" not in wrong else None
        return MalformedItem.model_construct(key=key, fields=wrong)


class BulkIn(RequestSchema):
    items: list[Annotated[BulkItemIn, WrapValidator(_apart)]] = Field(
        min_length=1, max_length=MAX_ITEMS
    )


class RewardVoidIn(RequestSchema):
    reason: ReasonCode = Field(description="A short code, never a sentence.")


class RewardOut(Schema):
    id: uuid.UUID
    wallet_id: uuid.UUID
    rule: str
    quantity: int = Field(ge=1)
    points: int = Field(ge=1)
    state: RewardState
    evidence: uuid.UUID
    channel: Channel
    created_at: datetime
    posts_at: datetime | None = Field(
        description="When it posts by itself, unless a case is open; null when a person decides."
    )
    review: ReviewState | None = Field(description="Whether it looked wrong, and what was found.")
    decided_at: datetime | None


class BulkResultOut(Schema):
    """What one item became: a reward, or the problem that stopped it."""

    key: str | None
    status: int
    reward: RewardOut | None
    problem: ProblemOut | None


class BulkOut(Schema):
    results: list[BulkResultOut] = Field(description="In the order of the items.")
