"""The stop of issuing: no points are minted while ledger and chain disagree.

The database refuses the mint itself (``migrations/0005_entries_settle``), so no way round this
module issues points.
"""

from __future__ import annotations

from django.db import connection

from ..models import IssuingStop


def issuing_stop(*, reason: str) -> None:
    """Refuse mints from now on.  ``reason`` is a short code.  Nothing when stopped already."""
    if not issuing_is_stopped():
        IssuingStop.objects.create(stopped=True, reason=reason)


def issuing_resume(*, reason: str = "resolved") -> None:
    """Allow mints again.  Nothing when they are allowed."""
    if issuing_is_stopped():
        IssuingStop.objects.create(stopped=False, reason=reason)


def issuing_is_stopped() -> bool:
    """Whether mints are refused now."""
    return issuing_stop_reason() is not None


def issuing_stop_reason() -> str | None:
    """Why mints are refused now; ``None`` when they are not."""
    with connection.cursor() as cursor:  # asked with every write: not built anew each time
        cursor.execute("SELECT stopped, reason FROM ledger_issuingstop ORDER BY id DESC LIMIT 1")
        stopped, reason = cursor.fetchone() or (False, "")
    return str(reason) if stopped else None
