"""Which postings each operation makes.  Pure: standard library only, no database, no clock.

A leg names an account by its kind; ``services`` finds the account of the wallet, or the shard of
the system account.  Every operation's legs sum to zero.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

# Points; a rule that pays more than this is a typing error, and the contract counts in uint64.
MAX_POINTS_PER_ENTRY = 1_000_000
# System accounts are split so that concurrent writes do not queue for one row.
SYSTEM_SHARDS = 16


class AccountKind(StrEnum):
    """The wallet's own accounts never go below zero; a system account mirrors them, negative."""

    WALLET_AVAILABLE = "wallet_available"
    WALLET_PENDING = "wallet_pending"
    WALLET_HELD = "wallet_held"
    ISSUANCE = "issuance"
    ISSUANCE_PENDING = "issuance_pending"


WALLET_KINDS = (
    AccountKind.WALLET_AVAILABLE,
    AccountKind.WALLET_PENDING,
    AccountKind.WALLET_HELD,
)
SYSTEM_KINDS = (AccountKind.ISSUANCE, AccountKind.ISSUANCE_PENDING)


class EntryKind(StrEnum):
    """What happened; stable codes that people's statements are built from."""

    REWARD_PENDING = "reward_pending"
    REWARD_POSTED = "reward_posted"
    REWARD_VOIDED = "reward_voided"


class SettlementOperation(StrEnum):
    """What the chain does for an entry."""

    MINT = "mint"
    MOVE = "move"
    BURN = "burn"


class PointsOutOfRange(ValueError):
    """Points must be whole and between 1 and ``MAX_POINTS_PER_ENTRY``."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: ``points`` (signed, never 0) on the account of that kind."""

    kind: AccountKind
    points: int


@dataclass(frozen=True, slots=True)
class Settles:
    """What the chain must do: ``points`` (positive) to or from the wallet's address."""

    operation: SettlementOperation
    points: int


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry before it has accounts: its kind, its legs, and what settles it on the chain.

    ``settles`` is ``None`` when the entry stays off chain.
    """

    kind: EntryKind
    legs: tuple[Leg, ...]
    settles: Settles | None = None

    @property
    def is_balanced(self) -> bool:
        return len(self.legs) >= 2 and sum(leg.points for leg in self.legs) == 0


def reward_pending(*, points: int) -> Operation:
    """A reward awaits the check of its evidence.  Raises ``PointsOutOfRange``."""
    points = _checked(points)
    return Operation(
        kind=EntryKind.REWARD_PENDING,
        legs=(
            Leg(AccountKind.WALLET_PENDING, points),
            Leg(AccountKind.ISSUANCE_PENDING, -points),
        ),
    )


def reward_posted(*, points: int) -> Operation:
    """The evidence holds: pending points become spendable and are minted on the chain."""
    points = _checked(points)
    return Operation(
        kind=EntryKind.REWARD_POSTED,
        legs=(
            Leg(AccountKind.WALLET_PENDING, -points),
            Leg(AccountKind.ISSUANCE_PENDING, points),
            Leg(AccountKind.WALLET_AVAILABLE, points),
            Leg(AccountKind.ISSUANCE, -points),
        ),
        settles=Settles(SettlementOperation.MINT, points),
    )


def reward_voided(*, points: int) -> Operation:
    """The evidence does not hold: pending points go back where they came from, off chain."""
    points = _checked(points)
    return Operation(
        kind=EntryKind.REWARD_VOIDED,
        legs=(
            Leg(AccountKind.WALLET_PENDING, -points),
            Leg(AccountKind.ISSUANCE_PENDING, points),
        ),
    )


def shard_of(entry_id: uuid.UUID) -> int:
    """The shard (0 … ``SYSTEM_SHARDS`` - 1) that an entry posts to, from its random low bits."""
    return entry_id.int % SYSTEM_SHARDS


def _checked(points: int) -> int:
    if isinstance(points, bool) or not isinstance(points, int):
        raise PointsOutOfRange("points are whole numbers")
    if not 1 <= points <= MAX_POINTS_PER_ENTRY:
        raise PointsOutOfRange(f"points must be between 1 and {MAX_POINTS_PER_ENTRY}")
    return points
