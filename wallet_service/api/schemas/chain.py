"""Bodies of ``/v1/chain`` and ``/v1/reconciliations``."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Annotated, Any

from ninja import Field, Schema
from pydantic import BeforeValidator

from wallet_service.api.types import PageLimit
from wallet_service.settlement.domain import DriftKind

from .common import RequestSchema

_DIGITS = re.compile(r"[0-9]{1,18}")


def _plain_number(value: Any) -> Any:
    """Parameters are text: plain digits only, no sign, space, underscore or fraction."""
    if isinstance(value, int) or (isinstance(value, str) and _DIGITS.fullmatch(value)):
        return value
    raise ValueError("a whole number is expected")


RunNumber = Annotated[int, BeforeValidator(_plain_number), Field(ge=1, lt=10**18)]


class ReconciliationOut(Schema):
    """One comparison of ledger and chain, account by account."""

    id: int
    block_number: int = Field(ge=0)
    wallets: int = Field(ge=0, description="Citizens' and partners' wallets compared.")
    drifts: int = Field(ge=0, description="Wallets of which ledger and chain disagree.")
    books_match: bool
    supply_matches: bool
    agrees: bool
    finished_at: datetime


class ReconciliationsQuery(RequestSchema):
    cursor: RunNumber | None = Field(default=None, description="`next_cursor` of the page before.")
    limit: PageLimit = 20


class ReconciliationPage(Schema):
    items: list[ReconciliationOut]
    next_cursor: int | None


class DriftOut(Schema):
    """An entry, or a transaction, that explains a difference.

    `points`: by how much the chain, or the book that `kind` names, has more or less because of it.
    The four sums are those of the wallet, in points; zero where there is none.
    """

    kind: DriftKind
    entry_id: uuid.UUID | None
    wallet_id: uuid.UUID | None
    address: str | None
    transaction_hash: str | None
    points: int
    ledger_points: int
    intended_points: int
    settled_points: int
    chain_points: int


class DriftList(Schema):
    items: list[DriftOut]


class ChainOut(Schema):
    """How settlement stands. `state` is `unknown` when no relayer has shown itself lately."""

    chain_id: int | None
    contract_address: str | None
    state: str
    problem: str = Field(description="Why the relayer stopped by itself; empty when it did not.")
    relayer_seen_at: datetime | None
    lag_entries: int = Field(ge=0, description="Entries that do not stand on the chain yet.")
    lag_seconds: float = Field(ge=0, description="Age of the oldest of them.")
    issuing_stopped: bool
    issuing_stopped_reason: str | None
    last_reconciliation: ReconciliationOut | None
