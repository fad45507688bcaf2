"""Bodies about points that are about to expire."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Field, Schema

from wallet_service.api.types import PageLimit
from wallet_service.ledger.domain import NoticeOutcome

from .common import Page, RequestSchema


class ExpiryQuery(RequestSchema):
    limit: PageLimit = 20


class ExpiryNoticeOut(Schema):
    """`points` of the wallet expire at `expires_at`: tell its owner, then acknowledge."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    points: int = Field(ge=1)
    expires_at: dt.datetime


class ExpiryNoticesOut(Page):
    items: list[ExpiryNoticeOut]


class AcknowledgementIn(RequestSchema):
    outcome: NoticeOutcome = Field(description="`unreachable` when there was nobody to tell.")


class NoticeOut(Schema):
    id: uuid.UUID
    outcome: NoticeOutcome
