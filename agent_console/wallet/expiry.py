"""Points that will expire, and who has been told."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from .http import request

SENT = "sent"
UNREACHABLE = "unreachable"


@dataclass(frozen=True)
class ExpiryNotice:
    """So many points of a wallet expire at ``expires_at`` (exclusive)."""

    id: uuid.UUID
    wallet_id: uuid.UUID
    points: int
    expires_at: datetime


def expiry_notices(*, limit: int) -> list[ExpiryNotice]:
    """Notices that nobody has acknowledged; raises ``WalletUnavailable``."""
    body = request("GET", "/v1/expiry-notices", params={"limit": limit}, final=())
    return [
        ExpiryNotice(
            id=uuid.UUID(item["id"]),
            wallet_id=uuid.UUID(item["wallet_id"]),
            points=item["points"],
            expires_at=datetime.fromisoformat(item["expires_at"]),
        )
        for item in body["items"]
    ]


def expiry_notice_acknowledge(*, notice_id: uuid.UUID, outcome: str) -> None:
    """Say what became of a notice, ``SENT`` or ``UNREACHABLE``; harmless to repeat.

    Raises ``WalletRefused`` (``notice_acknowledged``, ``notice_unknown``), ``WalletUnavailable``.
    """
    request(
        "POST",
        f"/v1/expiry-notices/{notice_id}/acknowledgement",
        key=f"expiry:{notice_id}:{outcome}",
        json={"outcome": outcome},
        final=("notice_acknowledged", "notice_unknown"),
    )
