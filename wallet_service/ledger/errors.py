"""Why a write was refused.  Nothing is written when one of these is raised.

``code`` is stable: callers branch on it, and the API maps it to a status and a French message.
"""

from __future__ import annotations

from django.db import IntegrityError


class Refusal(Exception):
    """A refused operation that the caller can act on."""

    code = "refused"


class WalletUnknown(Refusal):
    """No wallet has this id."""

    code = "wallet_unknown"


class EntryUnknown(Refusal):
    """No journal entry has this id."""

    code = "entry_unknown"


class InsufficientPoints(Refusal):
    """The operation would take a wallet's account below zero."""

    code = "insufficient_points"


class IdempotencyConflict(Refusal):
    """The key was used before for another request."""

    code = "idempotency_conflict"


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the database constraint that ``error`` is about, if the server named one."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None)
