"""Which postings each operation makes.  Pure: standard library only, no database, no clock.

A leg names an account by its kind; ``journal`` finds the account of the wallet, of the partner, or
the shard of the system account.  Every operation's legs sum to zero, and what settles it on the
chain follows from its legs alone.  The database holds the same table of operations
(``migrations/0005_entries_settle``); a test compares the two.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum

# Points; a rule that pays more than this is a typing error.
MAX_POINTS_PER_ENTRY = 1_000_000
# Points; what sums up many entries: a partner's statement, lots that expire together, debts.  The
# contract counts in uint96.
MAX_POINTS_PER_SUM = 1_000_000_000_000
# System accounts are split so that concurrent writes do not queue for one row.
SYSTEM_SHARDS = 16


class HolderKind(StrEnum):
    """Whose points an address holds."""

    CITIZEN = "citizen"
    PARTNER = "partner"


class AccountKind(StrEnum):
    """A holder's accounts never go below zero; system accounts mirror them."""

    WALLET_AVAILABLE = "wallet_available"  # can be spent now
    WALLET_PENDING = "wallet_pending"  # waits for the check of its evidence
    WALLET_HELD = "wallet_held"  # set aside for a voucher
    WALLET_RECOVERABLE = "wallet_recoverable"  # taken back once there are points again
    PARTNER_EARNED = "partner_earned"  # captured vouchers of an open period
    ISSUANCE = "issuance"
    ISSUANCE_PENDING = "issuance_pending"
    EXPIRY = "expiry"
    SETTLEMENT = "settlement"  # redeemed and reimbursed
    RECOVERABLE_CLAIMS = "recoverable_claims"


CITIZEN_KINDS = (
    AccountKind.WALLET_AVAILABLE,
    AccountKind.WALLET_PENDING,
    AccountKind.WALLET_HELD,
    AccountKind.WALLET_RECOVERABLE,
)
PARTNER_KINDS = (AccountKind.PARTNER_EARNED,)
HOLDER_KINDS = CITIZEN_KINDS + PARTNER_KINDS
SYSTEM_KINDS = (
    AccountKind.ISSUANCE,
    AccountKind.ISSUANCE_PENDING,
    AccountKind.EXPIRY,
    AccountKind.SETTLEMENT,
    AccountKind.RECOVERABLE_CLAIMS,
)
# A citizen's accounts whose sum the chain knows as the balance of the wallet's address; a partner's
# is what it has earned.
_ON_CHAIN_OF_WALLET = (AccountKind.WALLET_AVAILABLE, AccountKind.WALLET_HELD)


class EntryKind(StrEnum):
    """What happened; stable codes that people's statements are built from."""

    REWARD_PENDING = "reward_pending"
    REWARD_POSTED = "reward_posted"
    REWARD_VOIDED = "reward_voided"
    REWARD_GRANTED = "reward_granted"
    REWARD_REVERSED = "reward_reversed"
    POINTS_RECOVERED = "points_recovered"
    POINTS_EXPIRED = "points_expired"
    REDEMPTION_HELD = "redemption_held"
    REDEMPTION_CAPTURED = "redemption_captured"
    REDEMPTION_RELEASED = "redemption_released"
    REDEMPTION_REFUNDED = "redemption_refunded"
    STATEMENT_CLOSED = "statement_closed"
    CORRECTION_CREDITED = "correction_credited"
    CORRECTION_DEBITED = "correction_debited"
    MERGE_TAKEN = "merge_taken"
    MERGE_GIVEN = "merge_given"
    MERGE_DEBT_TAKEN = "merge_debt_taken"
    MERGE_DEBT_GIVEN = "merge_debt_given"
    POINTS_FORFEITED = "points_forfeited"
    DEBT_FORGIVEN = "debt_forgiven"


class SettlementOperation(StrEnum):
    """What the chain does for an entry."""

    MINT = "mint"
    MOVE = "move"
    BURN = "burn"


class NoticeOutcome(StrEnum):
    """What became of the announcement that points will expire."""

    SENT = "sent"
    UNREACHABLE = "unreachable"  # no way to reach the citizen is known


class PointsOutOfRange(ValueError):
    """Points must be whole, positive and at most what one entry may move."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One side of an entry: ``points`` (signed, never 0) on the account of that kind."""

    kind: AccountKind
    points: int


@dataclass(frozen=True, slots=True)
class Settles:
    """What the chain must do for the entry: ``points`` (positive) minted for a holder, burned from
    one, or moved between the two; ``from_holder`` and ``to_holder`` say whose addresses those are.
    """

    operation: SettlementOperation
    points: int
    from_holder: HolderKind | None = None
    to_holder: HolderKind | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An entry before it has accounts: its kind and its legs."""

    kind: EntryKind
    legs: tuple[Leg, ...]

    @property
    def is_balanced(self) -> bool:
        return len(self.legs) >= 2 and sum(leg.points for leg in self.legs) == 0

    def change_of(self, *kinds: AccountKind) -> int:
        """Points that the accounts of these kinds gain (or lose, below zero)."""
        return sum(leg.points for leg in self.legs if leg.kind in kinds)

    @property
    def available_change(self) -> int:
        """Change of the spendable balance: what lots must account for."""
        return self.change_of(AccountKind.WALLET_AVAILABLE)

    @property
    def settles(self) -> Settles | None:
        """What the chain must do: exactly what changes of the points that it knows.

        ``None`` when nothing does: the entry stays off chain.
        """
        changes = {
            HolderKind.CITIZEN: self.change_of(*_ON_CHAIN_OF_WALLET),
            HolderKind.PARTNER: self.change_of(*PARTNER_KINDS),
        }
        gains = next((holder for holder, points in changes.items() if points > 0), None)
        loses = next((holder for holder, points in changes.items() if points < 0), None)
        if gains and loses:
            return Settles(SettlementOperation.MOVE, changes[gains], loses, gains)
        if gains:
            return Settles(SettlementOperation.MINT, changes[gains], to_holder=gains)
        if loses:
            return Settles(SettlementOperation.BURN, -changes[loses], from_holder=loses)
        return None


def reward_pending(*, points: int) -> Operation:
    """A reward awaits the check of its evidence.  Raises ``PointsOutOfRange``, as all below."""
    points = _checked(points)
    return _operation(
        EntryKind.REWARD_PENDING,
        (AccountKind.WALLET_PENDING, points),
        (AccountKind.ISSUANCE_PENDING, -points),
    )


def reward_posted(*, points: int) -> Operation:
    """The evidence holds: pending points become spendable and are minted on the chain."""
    points = _checked(points)
    return _operation(
        EntryKind.REWARD_POSTED,
        (AccountKind.WALLET_PENDING, -points),
        (AccountKind.ISSUANCE_PENDING, points),
        (AccountKind.WALLET_AVAILABLE, points),
        (AccountKind.ISSUANCE, -points),
    )


def reward_voided(*, points: int) -> Operation:
    """The evidence does not hold: pending points go back where they came from, off chain."""
    points = _checked(points)
    return _operation(
        EntryKind.REWARD_VOIDED,
        (AccountKind.WALLET_PENDING, -points),
        (AccountKind.ISSUANCE_PENDING, points),
    )


def reward_granted(*, points: int) -> Operation:
    """A reward that needs no check: spendable at once, minted on the chain."""
    return _credit(EntryKind.REWARD_GRANTED, points)


def reward_reversed(*, points: int, taken: int) -> Operation:
    """A posted reward was wrong: ``taken`` (0 to ``points``) is burned now, the rest is owed."""
    return _take_back(EntryKind.REWARD_REVERSED, points, taken)


def points_recovered(*, points: int) -> Operation:
    """Points that were owed are taken from what came in since, and burned."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.POINTS_RECOVERED,
        (AccountKind.WALLET_AVAILABLE, -points),
        (AccountKind.ISSUANCE, points),
        (AccountKind.WALLET_RECOVERABLE, -points),
        (AccountKind.RECOVERABLE_CLAIMS, points),
    )


def points_expired(*, points: int) -> Operation:
    """Announced points whose time is over are burned."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.POINTS_EXPIRED,
        (AccountKind.WALLET_AVAILABLE, -points),
        (AccountKind.EXPIRY, points),
    )


def redemption_held(*, points: int) -> Operation:
    """Points are set aside for a voucher, off chain: they are still the citizen's."""
    points = _checked(points)
    return _operation(
        EntryKind.REDEMPTION_HELD,
        (AccountKind.WALLET_AVAILABLE, -points),
        (AccountKind.WALLET_HELD, points),
    )


def redemption_captured(*, points: int) -> Operation:
    """The partner took the voucher: the points move to the partner's address."""
    points = _checked(points)
    return _operation(
        EntryKind.REDEMPTION_CAPTURED,
        (AccountKind.WALLET_HELD, -points),
        (AccountKind.PARTNER_EARNED, points),
    )


def redemption_released(*, points: int) -> Operation:
    """The voucher lapsed or was cancelled: its points are spendable again, off chain."""
    points = _checked(points)
    return _operation(
        EntryKind.REDEMPTION_RELEASED,
        (AccountKind.WALLET_HELD, -points),
        (AccountKind.WALLET_AVAILABLE, points),
    )


def redemption_refunded(*, points: int) -> Operation:
    """A captured voucher is given back: the points move back to the citizen's address."""
    points = _checked(points)
    return _operation(
        EntryKind.REDEMPTION_REFUNDED,
        (AccountKind.PARTNER_EARNED, -points),
        (AccountKind.WALLET_AVAILABLE, points),
    )


def statement_closed(*, points: int) -> Operation:
    """A partner's period is closed and will be reimbursed: its points are burned."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.STATEMENT_CLOSED,
        (AccountKind.PARTNER_EARNED, -points),
        (AccountKind.SETTLEMENT, points),
    )


def correction_credited(*, points: int) -> Operation:
    """Two supervisors give points that a mistake had kept from the citizen."""
    return _credit(EntryKind.CORRECTION_CREDITED, points)


def correction_debited(*, points: int, taken: int) -> Operation:
    """Two supervisors take points back; like ``reward_reversed``, with no reward to name."""
    return _take_back(EntryKind.CORRECTION_DEBITED, points, taken)


def merge_taken(*, points: int) -> Operation:
    """A lot leaves a wallet for the one that it is merged with: one of two entries."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.MERGE_TAKEN,
        (AccountKind.WALLET_AVAILABLE, -points),
        (AccountKind.ISSUANCE, points),
    )


def merge_given(*, points: int) -> Operation:
    """The other of the two: the same points, with the same date, in the other wallet."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.MERGE_GIVEN,
        (AccountKind.WALLET_AVAILABLE, points),
        (AccountKind.ISSUANCE, -points),
    )


def merge_debt_taken(*, points: int) -> Operation:
    """What a wallet owes leaves it for the one that it is merged with, off chain."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.MERGE_DEBT_TAKEN,
        (AccountKind.WALLET_RECOVERABLE, -points),
        (AccountKind.RECOVERABLE_CLAIMS, points),
    )


def merge_debt_given(*, points: int) -> Operation:
    """The same debt, in the other wallet."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.MERGE_DEBT_GIVEN,
        (AccountKind.WALLET_RECOVERABLE, points),
        (AccountKind.RECOVERABLE_CLAIMS, -points),
    )


def points_forfeited(*, points: int) -> Operation:
    """The wallet is closed: what is left in it is burned."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.POINTS_FORFEITED,
        (AccountKind.WALLET_AVAILABLE, -points),
        (AccountKind.EXPIRY, points),
    )


def debt_forgiven(*, points: int) -> Operation:
    """The wallet is closed: what it owed can't be taken from anybody, off chain."""
    points = _checked(points, at_most=MAX_POINTS_PER_SUM)
    return _operation(
        EntryKind.DEBT_FORGIVEN,
        (AccountKind.WALLET_RECOVERABLE, -points),
        (AccountKind.RECOVERABLE_CLAIMS, points),
    )


def shard_of(entry_id: uuid.UUID) -> int:
    """The shard (0 … ``SYSTEM_SHARDS`` - 1) that an entry posts to, from its random low bits."""
    return entry_id.int % SYSTEM_SHARDS


def _credit(kind: EntryKind, points: int) -> Operation:
    points = _checked(points)
    return _operation(kind, (AccountKind.WALLET_AVAILABLE, points), (AccountKind.ISSUANCE, -points))


def _take_back(kind: EntryKind, points: int, taken: int) -> Operation:
    points = _checked(points)
    if isinstance(taken, bool) or not isinstance(taken, int) or not 0 <= taken <= points:
        raise PointsOutOfRange("what is taken is between nothing and all of the points")
    return _operation(
        kind,
        (AccountKind.WALLET_AVAILABLE, -taken),
        (AccountKind.ISSUANCE, taken),
        (AccountKind.WALLET_RECOVERABLE, points - taken),
        (AccountKind.RECOVERABLE_CLAIMS, taken - points),
    )


def _operation(kind: EntryKind, *sides: tuple[AccountKind, int]) -> Operation:
    return Operation(kind, tuple(Leg(account, points) for account, points in sides if points))


def _checked(points: int, *, at_most: int = MAX_POINTS_PER_ENTRY) -> int:
    if isinstance(points, bool) or not isinstance(points, int):
        raise PointsOutOfRange("points are whole numbers")
    if not 1 <= points <= at_most:
        raise PointsOutOfRange(f"points must be between 1 and {at_most}")
    return points
