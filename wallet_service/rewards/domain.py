"""States of a reward and its legal changes.  Pure: standard library only."""

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
