"""Bodies of requests and answers."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Field, Schema
from pydantic import ConfigDict

from wallet_service.ledger.domain import EntryKind, SettlementOperation
from wallet_service.rewards.domain import Channel, RewardState

from .types import PageLimit, ReasonCode, RuleCode, Uuid


class RequestSchema(Schema):
    """A request body: unknown fields are refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class PageQuery(RequestSchema):
    cursor: Uuid | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: PageLimit = 20


class RewardIn(RequestSchema):
    wallet_id: Uuid
    rule: RuleCode = Field(description="Code of the rule, such as `report.pothole`.")
    evidence: Uuid = Field(description="Opaque reference; rewarded once per rule.")
    channel: Channel


class RewardVoidIn(RequestSchema):
    reason: ReasonCode = Field(description="A short code, never a sentence.")


class SettlementOut(Schema):
    """Where an entry stands on the chain."""

    entry_id: uuid.UUID
    number: int = Field(ge=0, description="Dense number that the contract knows it by.")
    operation: SettlementOperation
    points: int = Field(ge=1)
    transaction_hash: str
    block_number: int = Field(ge=0)
    position: int = Field(ge=0, description="Place of the line in its batch.")
    contract_address: str
    chain_id: int
    settled_at: datetime


class WalletOut(Schema):
    id: uuid.UUID
    address: str = Field(description="EIP-55 checksum address; nobody holds its key.")
    available_points: int = Field(ge=0)
    pending_points: int = Field(ge=0)
    held_points: int = Field(ge=0)
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


class EntryPage(Schema):
    items: list[EntryOut]
    next_cursor: uuid.UUID | None


class RewardOut(Schema):
    id: uuid.UUID
    wallet_id: uuid.UUID
    rule: str
    points: int = Field(ge=1)
    state: RewardState
    evidence: uuid.UUID
    channel: Channel
    created_at: datetime
    decided_at: datetime | None


class ProofOut(SettlementOut):
    """What to look for with a web3 client of one's own.

    The transaction `transaction_hash` stands in the block `block_hash` and calls `function` of
    `contract_address` with `first_number` and a list that holds `line` (20 bytes of account, 12 of
    points) at `position`; its receipt holds the contract's `BatchDone` and a `Transfer` of the
    same points.
    """

    block_hash: str
    function: str
    first_number: int = Field(ge=0)
    line_count: int = Field(ge=1)
    line: str
    from_address: str | None
    to_address: str | None
