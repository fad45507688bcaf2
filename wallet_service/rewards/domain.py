"""States of rewards, review cases and corrections.  Pure: standard library only."""

from __future__ import annotations

from enum import StrEnum


class RewardState(StrEnum):
    PENDING = "pending"
    POSTED = "posted"
    VOIDED = "voided"


# The database holds the same table as a trigger (migrations/0002_guards).
TRANSITIONS: frozenset[tuple[RewardState, RewardState]] = frozenset(
    {
        (RewardState.PENDING, RewardState.POSTED),  # the evidence was validated
        (RewardState.PENDING, RewardState.VOIDED),  # the evidence was rejected
    }
)


class RuleSource(StrEnum):
    """Who wrote a version of a rule; seeding never overrides a person's decision."""

    SEED = "seed"
    SUPERVISOR = "supervisor"


class Channel(StrEnum):
    """How the evidence reached the Metropolis."""

    SMS = "sms"
    TELEGRAM = "telegram"
    WEB = "web"
    VOICE = "voice"
    PHONE = "phone"
    EMAIL = "email"
    LETTER = "letter"
    COUNTER = "counter"
    OPEN311 = "open311"
    COLLECTOR = "collector"  # a machine that counts what was brought


class ReviewPattern(StrEnum):
    """What looks wrong often enough that a person should look."""

    SAME_PHOTO = "same_photo"
    SAME_PLACE = "same_place"
    OWN_VOUCHER = "own_voucher"
    PARTNER_CONCENTRATION = "partner_concentration"


class ReviewState(StrEnum):
    """An open case leaves this state once, by a person's decision."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED_FRAUD = "confirmed_fraud"


class CorrectionKind(StrEnum):
    """What two supervisors may mend together."""

    REVERSE_REWARD = "reverse_reward"
    CREDIT = "credit"
    DEBIT = "debit"
    REFUND_VOUCHER = "refund_voucher"


class CorrectionState(StrEnum):
    """A proposal leaves its first state once, by another person's decision."""

    PROPOSED = "proposed"
    APPLIED = "applied"
    REJECTED = "rejected"


# Of several cases about one reward, the first of these that is among them is shown.
REVIEW_PRECEDENCE = (ReviewState.OPEN, ReviewState.CONFIRMED_FRAUD, ReviewState.CLEARED)


def review_shown(states: set[ReviewState]) -> ReviewState | None:
    """The state that stands for all cases about one reward; ``None`` without any."""
    return next((state for state in REVIEW_PRECEDENCE if state in states), None)
