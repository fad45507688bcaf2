"""Bodies of ``/v1/reviews``."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from ninja import Schema

from wallet_service.api.types import Uuid
from wallet_service.rewards.domain import ReviewPattern, ReviewState

from .common import Page, PageQuery, RequestSchema
from .rewards import RewardOut


class ReviewsQuery(PageQuery):
    state: ReviewState | None = None


class ReviewDecision(StrEnum):
    CLEAR = "clear"
    CONFIRM_FRAUD = "confirm_fraud"


class ReviewDecisionIn(RequestSchema):
    decision: ReviewDecision
    actor: Uuid


class ReviewOut(Schema):
    """Something that looks wrong; `subject` is a reward or a redemption."""

    id: uuid.UUID
    pattern: ReviewPattern
    wallet_id: uuid.UUID
    subject: uuid.UUID
    state: ReviewState
    opened_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    reward: RewardOut | None


class ReviewPage(Page):
    items: list[ReviewOut]
