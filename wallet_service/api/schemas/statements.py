"""Bodies about what partners are owed, and about the limited network's ceiling."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Field, Schema

from wallet_service.api.types import Day, Uuid
from wallet_service.offers.domain import LimitLevel

from .common import Page, RequestSchema

_UNTIL = "Exclusive, Europe/Paris."


class StatementIn(RequestSchema):
    until: Day = Field(description=_UNTIL)
    actor: Uuid


class PreviewQuery(RequestSchema):
    until: Day = Field(description=_UNTIL)


class StatementTotals(Schema):
    partner_id: uuid.UUID
    partner_name: str
    siret: str
    since: dt.date | None = Field(description="The end of the statement before.")
    until: dt.date = Field(description=_UNTIL)
    vouchers: int = Field(ge=0)
    points: int = Field(ge=0)
    reimbursement_cents: int = Field(ge=0)


class StatementPreviewOut(StatementTotals):
    """What closing would count now; nothing is written."""

    open_disputes: int = Field(
        ge=0, description="Vouchers left out, because a dispute waits for a decision."
    )


class StatementOut(StatementTotals):
    id: uuid.UUID
    actor: uuid.UUID
    entry_id: uuid.UUID = Field(description="The ledger's entry that burns the points.")
    created_at: dt.datetime


class StatementPage(Page):
    items: list[StatementOut]


class StatementLineOut(Schema):
    voucher_code: str
    offer_title: str
    captured_at: dt.datetime
    site: str | None
    points: int = Field(ge=1)
    reimbursement_cents: int = Field(ge=0)


class StatementLinePage(Page):
    items: list[StatementLineOut]


class LimitThresholds(Schema):
    watch_cents: int
    alarm_cents: int
    legal_cents: int


class TotalsOut(Schema):
    """What became of all points; together the first, third and fourth are all that were given."""

    circulating_points: int = Field(description="Citizens' and what partners have earned.")
    pending_points: int
    expired_points: int
    reimbursed_points: int
    recoverable_points: int


class LimitsOut(Schema):
    """Value spent over 12 months and value in circulation, against the legal ceiling."""

    spent_cents_12_months: int
    circulation_points: int
    circulation_cents: int
    level: LimitLevel
    thresholds: LimitThresholds
    totals: TotalsOut
