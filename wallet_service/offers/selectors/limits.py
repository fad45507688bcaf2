"""How near the points are to the ceiling of a limited network.

Points that buy things only from partners under agreement with the Metropolis are a "limited
network": no payment-service or electronic-money licence is needed (Code monétaire et financier,
L.521-3 and L.525-6), but over 12 months with more than 1,000,000 € of value the activity must be
declared to the Autorité de contrôle prudentiel et de résolution, which decides.  The Metropolis
wants to know well before: what was spent and what is in circulation are each held against that
sum, and the nearer of the two speaks.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db.models import Q, Sum

from wallet_service.ledger.domain import AccountKind
from wallet_service.ledger.models import Account

from ..domain import PARIS, LimitLevel, RedemptionState, limit_level
from ..models import Redemption

LEGAL_CENTS: Final = 100_000_000  # 1,000,000 €


@dataclass(frozen=True, slots=True)
class LimitFigures:
    """Euros are in cents; ``level`` is that of the larger of spent and circulation."""

    spent_cents_12_months: int
    circulation_points: int
    circulation_cents: int
    level: LimitLevel
    watch_cents: int
    alarm_cents: int
    legal_cents: int


def limit_figures(*, now: dt.datetime) -> LimitFigures:
    """Value spent over the 12 months before ``now`` and value in circulation."""
    spent = spent_cents(since=_a_year_before(now))
    points = circulation_points()
    circulation = points * settings.POINT_VALUE_CENTS
    return LimitFigures(
        spent_cents_12_months=spent,
        circulation_points=points,
        circulation_cents=circulation,
        level=limit_level(
            cents=max(spent, circulation),
            ceiling_cents=LEGAL_CENTS,
            watch_percent=settings.LIMIT_WATCH_PERCENT,
            alarm_percent=settings.LIMIT_ALARM_PERCENT,
        ),
        watch_cents=LEGAL_CENTS * settings.LIMIT_WATCH_PERCENT // 100,
        alarm_cents=LEGAL_CENTS * settings.LIMIT_ALARM_PERCENT // 100,
        legal_cents=LEGAL_CENTS,
    )


def spent_cents(*, since: dt.datetime) -> int:
    """Reimbursements of the vouchers captured since then and not refunded, in cents."""
    total = Redemption.objects.filter(
        state=RedemptionState.CAPTURED, captured_at__gte=since
    ).aggregate(cents=Sum("reimbursement_cents"))["cents"]
    return int(total or 0)


def circulation_points() -> int:
    """All that residents have: available, held and pending points.

    Read from the other side of the books, which sums to zero with it: a few system shards and one
    account a partner instead of millions of wallets.  Claims on wallets mirror themselves.
    """
    others = Account.objects.filter(
        (Q(shard__isnull=False) & ~Q(kind=AccountKind.RECOVERABLE_CLAIMS))
        | Q(kind=AccountKind.PARTNER_EARNED)
    )
    return -int(others.aggregate(points=Sum("balance_points"))["points"] or 0)


def _a_year_before(now: dt.datetime) -> dt.datetime:
    local = now.astimezone(PARIS)
    try:
        return local.replace(year=local.year - 1)
    except ValueError:  # 29 February
        return local.replace(year=local.year - 1, day=28)
