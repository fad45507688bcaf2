"""Why a write was refused.  Nothing is written when one of these is raised.

``code`` is stable: callers branch on it, and the API maps it to a status and a French message.
``fields`` may hold details that a person can act on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import IntegrityError


class Refusal(Exception):
    """A refused operation that the caller can act on."""

    code = "refused"
    fields: Mapping[str, str] = {}


class WalletUnknown(Refusal):
    """No citizen's wallet has this id."""

    code = "wallet_unknown"


class PartnerAccountUnknown(Refusal):
    """No account of a partner has this id."""

    code = "partner_account_unknown"


class HolderConflict(Refusal):
    """The id belongs to the other kind of holder already."""

    code = "holder_conflict"


class EntryUnknown(Refusal):
    """No journal entry has this id, or not of the kind that the operation needs."""

    code = "entry_unknown"


class InsufficientPoints(Refusal):
    """The operation would take an account below zero."""

    code = "insufficient_points"


class HoldEnded(Refusal):
    """The held points were captured or released before."""

    code = "hold_ended"


class AlreadyRefunded(Refusal):
    """The captured points were given back before."""

    code = "already_refunded"


class AlreadyReversed(Refusal):
    """The reward was reversed before."""

    code = "already_reversed"


class IssuingStopped(Refusal):
    """Ledger and chain disagree: no points are issued until a person has resolved it."""

    code = "issuing_stopped"


class NoticeUnknown(Refusal):
    """No announcement of expiring points has this id."""

    code = "notice_unknown"


class NoticeAcknowledged(Refusal):
    """The announcement was acknowledged before, with another outcome."""

    code = "notice_acknowledged"


class IdempotencyConflict(Refusal):
    """The key was used before for another request."""

    code = "idempotency_conflict"


class MergeUnknown(Refusal):
    """No merge has this id."""

    code = "merge_unknown"


class MergeConflict(Refusal):
    """One of the two is merged into another wallet already, or they are the same."""

    code = "merge_conflict"


class MergeFollowed(Refusal):
    """The wallet was merged into yet another one since: undo that first."""

    code = "merge_followed"


class MergeTooLate(Refusal):
    """The time in which it could be undone is over."""

    code = "merge_too_late"


# What the database refuses at the last moment, because somebody else was faster.
REFUSAL_OF_CONSTRAINT: Final[Mapping[str, type[Refusal]]] = {
    "account_wallet_not_negative": InsufficientPoints,
    "lot_remaining_bounded": InsufficientPoints,
    "entry_hold_ends_once": HoldEnded,
    "entry_refunded_once": AlreadyRefunded,
    "entry_reversed_once": AlreadyReversed,
    "issuing_stopped": IssuingStopped,
    "merge_source_once": MergeConflict,
}


def violated_constraint(error: IntegrityError) -> str | None:
    """The name of the database constraint that ``error`` is about, if the server named one."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None)
