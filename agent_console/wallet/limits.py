"""How many points there are, and how near they are to the ceiling of a limited network."""

from dataclasses import dataclass

from .http import request


@dataclass(frozen=True)
class Totals:
    """What became of all points."""

    circulating_points: int
    pending_points: int
    expired_points: int
    reimbursed_points: int
    recoverable_points: int

    @property
    def given_points(self) -> int:
        """All that was ever given and not taken back."""
        return self.circulating_points + self.expired_points + self.reimbursed_points


@dataclass(frozen=True)
class LimitsView:
    """Euros are in cents; ``level`` is ``ok``, ``watch`` or ``alarm``."""

    spent_cents_12_months: int
    circulation_points: int
    circulation_cents: int
    level: str
    watch_cents: int
    alarm_cents: int
    legal_cents: int
    totals: Totals


def limits_get() -> LimitsView:
    """The figures of now; raises ``WalletUnavailable``."""
    body = request("GET", "/v1/limits")
    thresholds, totals = body["thresholds"], body["totals"]
    return LimitsView(
        spent_cents_12_months=body["spent_cents_12_months"],
        circulation_points=body["circulation_points"],
        circulation_cents=body["circulation_cents"],
        level=body["level"],
        watch_cents=thresholds["watch_cents"],
        alarm_cents=thresholds["alarm_cents"],
        legal_cents=thresholds["legal_cents"],
        totals=Totals(**{name: totals[name] for name in Totals.__annotations__}),
    )
