"""Bodies of ``/v1/wallets``."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Field, Schema

from wallet_service.api.types import Uuid
from wallet_service.ledger.domain import EntryKind

from .common import Page, RequestSchema
from .proofs import SettlementOut


class WalletOut(Schema):
    id: uuid.UUID
    address: str = Field(description="EIP-55 checksum address; nobody holds its key.")
    available_points: int = Field(ge=0)
    pending_points: int = Field(ge=0)
    held_points: int = Field(ge=0)
    recoverable_points: int = Field(ge=0, description="Owed: taken once there are points again.")
    settled_points: int = Field(ge=0, description="What `balanceOf` answers on the chain.")
    last_settlement: SettlementOut | None
    merged_wallets: list[uuid.UUID] = Field(
        description="Wallets of the same person whose balances are counted here."
    )
    created_at: datetime


class MergeIn(RequestSchema):
    """The number of the merge is the caller's, who keeps it to undo it."""

    id: Uuid
    source_id: Uuid


class MergeOut(Schema):
    """What moved with it; what becomes spendable in the source later follows."""

    id: uuid.UUID
    source_id: uuid.UUID
    target_id: uuid.UUID
    moved_points: int = Field(ge=0)
    moved_debt_points: int = Field(ge=0)
    created_at: datetime
    undo_until: datetime
    undone_at: datetime | None


class EntryOut(Schema):
    """A line of a wallet's statement."""

    id: uuid.UUID
    kind: EntryKind
    points: int
    available_after: int = Field(ge=0)
    rule: str | None
    created_at: datetime
    settlement: SettlementOut | None


class EntryPage(Page):
    items: list[EntryOut]
