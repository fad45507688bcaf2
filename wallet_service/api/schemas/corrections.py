"""Bodies of ``/v1/corrections``."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from ninja import Field, Schema
from pydantic import model_validator

from wallet_service.api.types import ReasonCode, Uuid
from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.rewards.domain import CorrectionKind, CorrectionState

from .common import Page, PageQuery, RequestSchema


class CorrectionsQuery(PageQuery):
    state: CorrectionState | None = None


class ProposedKind(StrEnum):
    """What can be proposed here; a voucher's refund is proposed by deciding its dispute."""

    REVERSE_REWARD = CorrectionKind.REVERSE_REWARD.value
    CREDIT = CorrectionKind.CREDIT.value
    DEBIT = CorrectionKind.DEBIT.value


class CorrectionIn(RequestSchema):
    """A reversal needs its reward as `subject`; a credit or debit needs `wallet_id` and `points`,
    and may name what it is about as `subject`."""

    kind: ProposedKind
    wallet_id: Uuid | None = None
    subject: Uuid | None = None
    points: Annotated[int, Field(strict=True, ge=1, le=MAX_POINTS_PER_ENTRY)] | None = None
    reason: ReasonCode = Field(description="A short code, never a sentence.")
    actor: Uuid

    @model_validator(mode="after")
    def _complete(self) -> Self:
        reversal = self.kind is ProposedKind.REVERSE_REWARD
        if reversal and (not self.subject or self.wallet_id or self.points):
            raise ValueError("a reversal names its reward as subject, and no wallet or points")
        if not reversal and not (self.wallet_id and self.points):
            raise ValueError("a credit or a debit names a wallet and points")
        return self


class CorrectionDecision(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"


class CorrectionDecisionIn(RequestSchema):
    decision: CorrectionDecision
    actor: Uuid = Field(description="Another person than the one who proposed.")


class CorrectionOut(Schema):
    id: uuid.UUID
    kind: CorrectionKind
    wallet_id: uuid.UUID
    subject: uuid.UUID | None
    points: int = Field(ge=1)
    reason: str
    state: CorrectionState
    proposed_by: uuid.UUID
    proposed_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None
    entry_id: uuid.UUID | None


class CorrectionPage(Page):
    items: list[CorrectionOut]
