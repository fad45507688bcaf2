"""Bodies about partners, their agreements and what they captured."""

from __future__ import annotations

import datetime as dt
import uuid

from ninja import Field, Schema
from pydantic import model_validator

from wallet_service.api.fields import PartnerName, Reference, Siret, VersionNumber
from wallet_service.api.types import Day, Uuid
from wallet_service.offers.domain import PartnerKind, PartnerState

from .common import Page, PageQuery, RequestSchema


class PartnerIn(RequestSchema):
    siret: Siret = Field(description="14 digits; spaces are ignored.")
    name: PartnerName
    kind: PartnerKind
    actor: Uuid


class PartnerChangeIn(RequestSchema):
    """What is left out stays as it is."""

    name: PartnerName | None = None
    kind: PartnerKind | None = None
    state: PartnerState | None = None
    version: VersionNumber | None = Field(
        default=None, description="The version that was shown; another one now is a 409."
    )
    actor: Uuid


class AgreementIn(RequestSchema):
    starts_on: Day
    ends_on: Day = Field(description="The last day, included.")
    reference: Reference
    actor: Uuid

    @model_validator(mode="after")
    def _in_order(self) -> AgreementIn:
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on is before starts_on")
        return self


class AgreementOut(Schema):
    id: uuid.UUID
    partner_id: uuid.UUID
    starts_on: dt.date
    ends_on: dt.date
    reference: str
    actor: uuid.UUID
    created_at: dt.datetime


class PartnerOut(Schema):
    id: uuid.UUID
    siret: str
    name: str
    kind: PartnerKind
    state: PartnerState
    version: int = Field(ge=1)
    agreements: list[AgreementOut]
    in_force: bool = Field(description="Whether an agreement covers today.")
    created_at: dt.datetime


class PartnerPage(Page):
    items: list[PartnerOut]


class CapturesQuery(PageQuery):
    day: Day = Field(description="A day in Europe/Paris.")


class CaptureOut(Schema):
    voucher_code: str
    offer_title: str
    points: int = Field(ge=1)
    reimbursement_cents: int = Field(ge=0)
    captured_at: dt.datetime
    site: str | None
    cashier: uuid.UUID


class CapturesOut(Page):
    """A till's day, newest first; the totals are of the whole day, on every page."""

    items: list[CaptureOut]
    total_vouchers: int = Field(ge=0)
    total_points: int = Field(ge=0)
    total_cents: int = Field(ge=0)
