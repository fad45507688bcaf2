"""Bodies of ``/v1/rules`` and ``/v1/campaigns``."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import StringConstraints

from wallet_service.api.types import CampaignCode, Moment, RuleCode, Uuid
from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.rewards.domain import RuleSource
from wallet_service.rewards.models.rules import CAMPAIGN_NAME_CHARS, MAX_BUDGET_POINTS
from wallet_service.rewards.terms import MAX_AUTO_POST_DAYS, MAX_COOLING_OFF_S

from .common import RequestSchema

_Cap = Annotated[int, Field(strict=True, ge=1, le=MAX_POINTS_PER_ENTRY)]


class RuleIn(RequestSchema):
    code: RuleCode
    points: int = Field(
        strict=True, ge=0, le=MAX_POINTS_PER_ENTRY, description="0 ends the rule from that moment."
    )
    valid_from: Moment | None = Field(default=None, description="Null: now.  Never in the past.")
    cap_day_points: _Cap | None = Field(
        default=None, description="Per wallet, in a day of Europe/Paris; null: no cap."
    )
    cap_month_points: _Cap | None = Field(
        default=None, description="Per wallet, in a month of Europe/Paris; null: no cap."
    )
    cooling_off_s: int = Field(default=0, strict=True, ge=0, le=MAX_COOLING_OFF_S)
    auto_post_after_days: Annotated[int, Field(strict=True, ge=0, le=MAX_AUTO_POST_DAYS)] | None = (
        Field(default=None, description="Null: a person decides.  0: posted at once.")
    )
    checked_percent: int = Field(
        default=0, strict=True, ge=0, le=100, description="Share that a person checks in any case."
    )
    campaign: CampaignCode | None = None
    author: Uuid


class RuleOut(Schema):
    code: str
    version: int = Field(description="Number of this version, among those of all rules.")
    points: int = Field(ge=0)
    valid_from: datetime
    cap_day_points: int | None
    cap_month_points: int | None
    cooling_off_s: int
    auto_post_after_days: int | None
    checked_percent: int
    campaign: str | None
    source: RuleSource
    author: uuid.UUID | None
    created_at: datetime


class RuleList(Schema):
    items: list[RuleOut]


class CampaignIn(RequestSchema):
    code: CampaignCode
    name: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True,
            min_length=1,
            max_length=CAMPAIGN_NAME_CHARS,
            pattern=r"^[^\x00-\x1f\x7f]*$",
        ),
    ]
    starts_at: Moment
    ends_at: Moment = Field(description="Exclusive.")
    budget_points: int = Field(strict=True, ge=1, le=MAX_BUDGET_POINTS)
    author: Uuid


class CampaignOut(Schema):
    code: str
    name: str
    starts_at: datetime
    ends_at: datetime
    budget_points: int = Field(ge=1)
    spent_points: int = Field(ge=0, description="Taken by its rewards, pending ones included.")
    author: uuid.UUID
    created_at: datetime


class CampaignList(Schema):
    items: list[CampaignOut]
