"""Bodies about redemptions, vouchers and disputes."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Field, Schema

from wallet_service.api.fields import Insee, Price, Site
from wallet_service.api.types import ReasonCode, Uuid
from wallet_service.offers.domain import Decision, DisputeSide, DisputeState, RedemptionState
from wallet_service.rewards.domain import Channel

from .common import Page, PageQuery, RequestSchema


class RedemptionIn(RequestSchema):
    wallet_id: Uuid
    offer_id: Uuid
    channel: Channel
    commune: Insee | None = Field(
        default=None, description="Needed for offers made for some communes; it is not kept."
    )
    price_points: Price | None = Field(
        default=None,
        description="What the resident agreed to: 409 `offer_changed` when it costs otherwise now.",
    )


class PromisedOffer(Schema):
    """The offer as it was when the voucher was taken."""

    id: uuid.UUID
    title: str
    how_to_use: str
    partner_id: uuid.UUID
    partner_name: str


class RedemptionOut(Schema):
    id: uuid.UUID
    wallet_id: uuid.UUID
    state: RedemptionState
    channel: Channel
    voucher_code: str = Field(description="As it is read aloud: `XXX-XXX-XXX`.")
    points: int = Field(ge=1)
    offer: PromisedOffer
    created_at: dt.datetime
    expires_at: dt.datetime = Field(description="Exclusive: midnight in Europe/Paris.")
    captured_at: dt.datetime | None
    site: str | None
    released_at: dt.datetime | None = Field(description="When points went back, unused.")


class RedemptionPage(Page):
    items: list[RedemptionOut]


class VoucherQuery(RequestSchema):
    partner_id: Uuid | None = None


class VoucherOut(RedemptionOut):
    reimbursement_cents: int = Field(ge=0)
    cashier: uuid.UUID | None
    dispute: DisputeState | None = Field(description="State of the last dispute, if any.")


class CaptureIn(RequestSchema):
    partner_id: Uuid
    cashier: Uuid
    site: Site = ""
    own_voucher: bool = Field(
        strict=True, description="The cashier is the resident whose voucher it is."
    )


class DisputeIn(RequestSchema):
    partner_id: Uuid | None = Field(default=None, description="Given when the partner disputes.")
    reason: ReasonCode
    actor: Uuid


class DisputesQuery(PageQuery):
    state: DisputeState | None = None
    partner_id: Uuid | None = None


class DecisionIn(RequestSchema):
    decision: Decision
    actor: Uuid


class DisputeOut(Schema):
    id: uuid.UUID
    voucher_code: str
    redemption_id: uuid.UUID
    partner_id: uuid.UUID
    offer_title: str
    points: int = Field(ge=1)
    reimbursement_cents: int = Field(ge=0)
    captured_at: dt.datetime
    site: str | None
    cashier: uuid.UUID
    statement_id: uuid.UUID | None = Field(description="Closed in: no refund any more.")
    reason: str
    by: DisputeSide
    actor: uuid.UUID
    state: DisputeState
    correction_id: uuid.UUID | None
    opened_at: dt.datetime
    decided_by: uuid.UUID | None
    decided_at: dt.datetime | None


class DisputePage(Page):
    items: list[DisputeOut]
