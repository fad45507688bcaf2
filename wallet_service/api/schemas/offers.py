"""Bodies about offers and the catalogue."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from ninja import Field, Schema
from pydantic import model_validator

from wallet_service.api.fields import (
    Cents,
    Communes,
    Insee,
    PerWallet,
    Price,
    Stock,
    Text,
    Title,
    VersionNumber,
    VoucherDays,
)
from wallet_service.api.types import Moment, Uuid
from wallet_service.offers.domain import Obstacle, OfferState

from .common import Page, PageQuery, RequestSchema

# Null says something only about these: no end to the stock, no limit.
_NULLABLE = frozenset({"stock", "per_wallet_limit", "version"})


class OfferIn(RequestSchema):
    partner_id: Uuid
    title: Title
    description: Text
    how_to_use: Text = Field(description="What the resident shows, and where.")
    price_points: Price
    reimbursement_cents: Cents
    stock: Stock | None = Field(description="Vouchers that may ever be taken; null: no end.")
    per_wallet_limit: PerWallet | None
    communes: Communes = Field(description="INSEE codes; empty: every commune.")
    valid_from: Moment
    valid_until: Moment = Field(description="Exclusive.")
    voucher_days: VoucherDays = Field(description="A voucher lapses at midnight after these days.")
    state: OfferState = OfferState.PUBLISHED
    actor: Uuid


class OfferChangeIn(RequestSchema):
    """What is left out stays as it is; vouchers already taken keep what they promised."""

    title: Title | None = None
    description: Text | None = None
    how_to_use: Text | None = None
    price_points: Price | None = None
    reimbursement_cents: Cents | None = None
    stock: Stock | None = None
    per_wallet_limit: PerWallet | None = None
    communes: Communes | None = None
    valid_from: Moment | None = None
    valid_until: Moment | None = None
    voucher_days: VoucherDays | None = None
    state: OfferState | None = None
    version: VersionNumber | None = Field(
        default=None, description="The version that was shown; another one now is a 409."
    )
    actor: Uuid

    @model_validator(mode="after")
    def _null_only_where_it_means_something(self) -> OfferChangeIn:
        nulls = {name for name in self.model_fields_set if getattr(self, name) is None}
        if nulls - _NULLABLE:
            raise ValueError(f"null is no value of {', '.join(sorted(nulls - _NULLABLE))}")
        return self

    def changes(self) -> dict[str, Any]:
        """The fields of ``OfferTerms`` that were sent."""
        sent = {name: getattr(self, name) for name in self.model_fields_set}
        for name in ("actor", "version"):
            sent.pop(name, None)
        if "communes" in sent:
            sent["communes"] = tuple(sent["communes"])
        return sent


class OfferOut(Schema):
    id: uuid.UUID
    partner_id: uuid.UUID
    partner_name: str
    title: str
    description: str
    how_to_use: str
    price_points: int = Field(ge=1)
    reimbursement_cents: int = Field(ge=0)
    stock: int | None
    taken: int | None = Field(description="Held or captured; null while stock has no end.")
    left: int | None
    per_wallet_limit: int | None
    communes: list[str]
    valid_from: dt.datetime
    valid_until: dt.datetime
    voucher_days: int
    state: OfferState
    version: int = Field(ge=1)
    created_at: dt.datetime


class OfferPage(Page):
    items: list[OfferOut]


class OffersQuery(PageQuery):
    partner_id: Uuid | None = None
    state: OfferState | None = None


class OfferChangeOut(Schema):
    """One version: the terms before (null: it was new) and after, who and when."""

    version: int = Field(ge=1)
    before: dict[str, Any] | None
    after: dict[str, Any]
    actor: uuid.UUID
    created_at: dt.datetime


class OfferHistory(Schema):
    items: list[OfferChangeOut]


class CatalogueQuery(PageQuery):
    commune: Insee | None = None
    wallet_id: Uuid | None = None


class CatalogueOffer(OfferOut):
    """An offer as it stands for the one who asks; `reason` and `message` say why not."""

    available: bool
    reason: Obstacle | None
    message: str | None


class CataloguePage(Page):
    items: list[CatalogueOffer]
