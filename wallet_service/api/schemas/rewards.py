"""Bodies of ``/v1/rewards``."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Field, Schema

from wallet_service.api.types import ReasonCode, RuleCode, Uuid
from wallet_service.rewards.domain import Channel, RewardState

from .common import RequestSchema


class RewardIn(RequestSchema):
    wallet_id: Uuid
    rule: RuleCode = Field(description="Code of the rule, such as `report.pothole`.")
    evidence: Uuid = Field(description="Opaque reference; rewarded once per rule.")
    channel: Channel


class RewardVoidIn(RequestSchema):
    reason: ReasonCode = Field(description="A short code, never a sentence.")


class RewardOut(Schema):
    id: uuid.UUID
    wallet_id: uuid.UUID
    rule: str
    points: int = Field(ge=1)
    state: RewardState
    evidence: uuid.UUID
    channel: Channel
    created_at: datetime
    decided_at: datetime | None
