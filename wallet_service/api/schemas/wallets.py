"""Bodies of ``/v1/wallets``."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Field, Schema

from wallet_service.ledger.domain import EntryKind

from .common import Page
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
    created_at: datetime


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
