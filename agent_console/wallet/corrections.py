"""Corrections: proposed by one supervisor, applied or rejected by another."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import request
from .pages import Page, one_page

CORRECTIONS_A_PAGE = 20


@dataclass(frozen=True)
class CorrectionView:
    """A correction; ``state`` is ``proposed``, ``applied`` or ``rejected``."""

    id: uuid.UUID
    kind: str
    wallet_id: uuid.UUID
    subject: uuid.UUID | None
    points: int
    reason: str
    state: str
    proposed_by: uuid.UUID
    proposed_at: datetime
    decided_by: uuid.UUID | None
    decided_at: datetime | None


def corrections(*, state: str, cursor: str = "") -> Page[CorrectionView]:
    """A page of the corrections in one state, newest first; raises ``WalletUnavailable``."""
    return one_page(
        "/v1/corrections",
        _correction,
        cursor=cursor,
        limit=CORRECTIONS_A_PAGE,
        params={"state": state},
    )


def correction_propose(
    *,
    kind: str,
    reason: str,
    actor: uuid.UUID,
    key: str,
    wallet_id: uuid.UUID | None = None,
    subject: uuid.UUID | None = None,
    points: int | None = None,
) -> CorrectionView:
    """Propose one; raises ``WalletRefused`` (``correction_already_proposed``, …)."""
    body: dict[str, Any] = {"kind": kind, "reason": reason, "actor": str(actor)}
    if wallet_id is not None:
        body["wallet_id"] = str(wallet_id)
    if subject is not None:
        body["subject"] = str(subject)
    if points is not None:
        body["points"] = points
    return _correction(request("POST", "/v1/corrections", key=f"correction:{key}", json=body))


def correction_decide(
    *, correction_id: uuid.UUID, decision: str, actor: uuid.UUID
) -> CorrectionView:
    """``approve`` or ``reject``; raises ``WalletRefused`` (``same_person``, …)."""
    return _correction(
        request(
            "POST",
            f"/v1/corrections/{correction_id}/decision",
            key=f"correction:{correction_id}:{decision}:{actor.hex[:12]}",
            json={"decision": decision, "actor": str(actor)},
        )
    )


def _correction(body: Mapping[str, Any]) -> CorrectionView:
    subject, decided_by, decided_at = (
        body.get(name) for name in ("subject", "decided_by", "decided_at")
    )
    return CorrectionView(
        id=uuid.UUID(body["id"]),
        kind=body["kind"],
        wallet_id=uuid.UUID(body["wallet_id"]),
        subject=uuid.UUID(subject) if subject else None,
        points=body["points"],
        reason=body["reason"],
        state=body["state"],
        proposed_by=uuid.UUID(body["proposed_by"]),
        proposed_at=datetime.fromisoformat(body["proposed_at"]),
        decided_by=uuid.UUID(decided_by) if decided_by else None,
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
    )
