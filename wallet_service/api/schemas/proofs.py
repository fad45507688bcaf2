"""Bodies of ``/v1/proofs``, and where an entry stands on the chain."""

from __future__ import annotations

import uuid
from datetime import datetime

from ninja import Field, Schema

from wallet_service.ledger.domain import SettlementOperation


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
