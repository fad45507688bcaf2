"""Bodies about what happened to points on each day."""

from __future__ import annotations

import datetime as dt

from ninja import Field, Schema

from wallet_service.api.types import Day
from wallet_service.ledger.domain import EntryKind

from .common import RequestSchema


class MovementsQuery(RequestSchema):
    since: Day = Field(description="Inclusive, Europe/Paris.")


class DayMovementOut(Schema):
    day: dt.date = Field(description="Europe/Paris.")
    kind: EntryKind
    entries: int = Field(ge=1)
    points: int = Field(ge=0)


class DayGivingOut(Schema):
    day: dt.date = Field(description="Europe/Paris.")
    rule: str = Field(description="Code of the rule that the rewards are of.")
    entries: int = Field(ge=1)
    points: int = Field(ge=0)


class MovementsOut(Schema):
    items: list[DayMovementOut]
    given: list[DayGivingOut] = Field(
        description="Rewards posted on the same days, by rule; corrections are of no rule."
    )
    next_since: dt.date | None = Field(description="`since` of the page after; null on the last.")
