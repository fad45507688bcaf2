"""What a version of a rule says, and what it lets a wallet earn now.

Pure: standard library only, no database, no clock.  Days and months are those of the Metropolis.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

METROPOLIS = ZoneInfo("Europe/Paris")
MAX_QUANTITY = 1_000
MAX_COOLING_OFF_S = 31 * 24 * 3600
MAX_AUTO_POST_DAYS = 365


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """One version of a rule.  A cap of ``None`` is none; points are whole.

    ``auto_post_after_days``: ``None`` when a person decides, 0 when posted at once.
    ``checked_percent`` of the rewards wait for a person whatever it says.
    """

    points: int
    cap_day_points: int | None = None
    cap_month_points: int | None = None
    cooling_off_s: int = 0
    auto_post_after_days: int | None = None
    checked_percent: int = 0

    @property
    def contradiction(self) -> str | None:
        """The cap that is too low for one action ever to be rewarded, if there is one."""
        for name, cap in (
            ("cap_day_points", self.cap_day_points),
            ("cap_month_points", self.cap_month_points),
        ):
            if cap is not None and cap < self.points:
                return name
        return None


@dataclass(frozen=True, slots=True)
class Periods:
    """The day and the month, in Europe/Paris, that a moment lies in; ends are exclusive."""

    day_from: datetime
    day_until: datetime
    month_from: datetime
    month_until: datetime

    @classmethod
    def at(cls, moment: datetime) -> Periods:
        """Those of ``moment`` (aware).  A day is 23 or 25 hours long when clocks change."""
        day = moment.astimezone(METROPOLIS).replace(hour=0, minute=0, second=0, microsecond=0)
        month = day.replace(day=1)
        return cls(
            day_from=_utc(day),
            day_until=_utc(day + timedelta(days=1)),
            month_from=_utc(month),
            month_until=_utc((month + timedelta(days=32)).replace(day=1)),
        )


@dataclass(frozen=True, slots=True)
class Usage:
    """What a wallet has earned under a rule in the present day and month, voided ones apart."""

    day_points: int = 0
    month_points: int = 0
    last_at: datetime | None = None

    def plus(self, *, points: int, at: datetime) -> Usage:
        """After one more reward."""
        return Usage(self.day_points + points, self.month_points + points, at)


class Limit(StrEnum):
    """Why a wallet earns nothing more for now; also the code of the refusal."""

    COOLING_OFF = "cooling_off"
    CAP_DAY = "cap_day_reached"
    CAP_MONTH = "cap_month_reached"


@dataclass(frozen=True, slots=True)
class LimitReached:
    """``asked_points`` are those of the reward that was stopped; ``cap_points`` and
    ``earned_points`` are ``None`` for a cooling-off."""

    limit: Limit
    again_at: datetime
    asked_points: int
    cap_points: int | None = None
    earned_points: int | None = None


def limit_reached(
    terms: RuleTerms, *, points: int, usage: Usage, at: datetime, periods: Periods
) -> LimitReached | None:
    """What stops a reward of ``points`` at this moment, or ``None``; caps may be reached exactly.

    Of several limits the one that lasts longest, so that coming back then is not for nothing.
    """
    reached = []
    if terms.cooling_off_s and usage.last_at is not None:
        again_at = usage.last_at + timedelta(seconds=terms.cooling_off_s)
        if at < again_at:
            reached.append(LimitReached(Limit.COOLING_OFF, again_at, points))
    day, month = terms.cap_day_points, terms.cap_month_points
    if day is not None and usage.day_points + points > day:
        reached.append(
            LimitReached(Limit.CAP_DAY, periods.day_until, points, day, usage.day_points)
        )
    if month is not None and usage.month_points + points > month:
        reached.append(
            LimitReached(Limit.CAP_MONTH, periods.month_until, points, month, usage.month_points)
        )
    return max(reached, key=lambda limit: limit.again_at, default=None)


def is_sampled(reward_id: uuid.UUID, percent: int) -> bool:
    """Whether a person checks this reward: the same answer for ever, so that it can be audited.

    The id is drawn by the wallet, so nobody outside can choose an unchecked one; a higher percent
    keeps all those that a lower one had.
    """
    digest = hashlib.sha256(b"checked-reward:" + reward_id.bytes).digest()
    return int.from_bytes(digest[:8]) % 100 < percent


def posts_at(terms: RuleTerms, *, reward_id: uuid.UUID, opened_at: datetime) -> datetime | None:
    """When the reward posts by itself; ``None`` when a person has to decide."""
    if terms.auto_post_after_days is None or is_sampled(reward_id, terms.checked_percent):
        return None
    return opened_at + timedelta(days=terms.auto_post_after_days)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)
