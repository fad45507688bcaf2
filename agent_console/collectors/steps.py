"""What follows for a part of a deposit when the wallet does not take it now.

Pure: no database, no clock.  Sizes are items, 1 to 1,000.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from agent_console.wallet.rewards import LimitReached

# A deposit that limits keep waiting is tried for so long after it became due, then refused.
WAIT_MAX = timedelta(days=365)
# Everybody's limits open at midnight; residents are asked for one after the other from then on.
SPREAD_S = 600
ATTEMPTS_MAX = 800  # about a month of hourly tries; then a person has to start it again
CHECK_AFTER = timedelta(days=1)  # what fails for longer is shown to people
CAP_BELOW_ITEM = "cap_below_item"
WAITED_TOO_LONG = "waited_too_long"
REWARD_TOO_LARGE = "reward_too_large"
_FIRST_WAIT_S = 30
_LONGEST_WAIT_S = 3600
_UNSAID = timedelta(hours=1)  # until when a limit lasts that does not say so
_SOONEST = timedelta(minutes=1)  # the wallet's clock may be behind ours


@dataclass(frozen=True)
class Smaller:
    """Ask for so many items at once, the rest later."""

    items: int


@dataclass(frozen=True)
class Later:
    """Ask for the same again then."""

    at: datetime


@dataclass(frozen=True)
class Never:
    """Refused for good, with a code that the pages have words for."""

    code: str


type Step = Smaller | Later | Never


def after_limit(
    *, items: int, limit: LimitReached, due_at: datetime, now: datetime, spread_s: int
) -> Step:
    """After a cap or a cooling-off refused ``items`` items.

    What still fits is taken now.  A cap below one item would never open, and a limit that opens
    ``WAIT_MAX`` after ``due_at`` or later is not waited for.  Each step is a smaller size, a later
    time before that bound, or the end: nothing goes round for ever.
    """
    if limit.asked_points and limit.cap_points is not None and limit.left_points is not None:
        each = limit.asked_points // items
        if limit.cap_points < each:
            return Never(CAP_BELOW_ITEM)
        fitting = limit.left_points // each
        if 0 < fitting < items:
            return Smaller(fitting)
    opens_at = max(limit.again_at or now + _UNSAID, now + _SOONEST)
    if opens_at >= due_at + WAIT_MAX:
        return Never(WAITED_TOO_LONG)
    return Later(opens_at + timedelta(seconds=spread_s))


def after_too_large(*, items: int) -> Step:
    """After the wallet said that so many items are more than one of its entries may hold."""
    return Smaller(items // 2) if items > 1 else Never(REWARD_TOO_LARGE)


def wait_after(*, attempts: int) -> timedelta:
    """How long to wait for an answer before the next try; doubles up to an hour."""
    return timedelta(seconds=min(_FIRST_WAIT_S * 2 ** min(attempts, 10), _LONGEST_WAIT_S))
