"""What a contact costs, and what all of a period's contacts cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import transaction

from .models import HandledBy, UnitCost
from .permissions import CHANGE_COSTS
from .selectors import Table

# Until a supervisor says otherwise.  Guesses in the order of size of French town halls' contact
# centres, to be replaced by the Metropolis' own: the page says so.
DEFAULT_CENTS: Mapping[str, int] = {
    HandledBy.BOT: 15,
    HandledBy.BOTH: 350,
    HandledBy.AGENT: 400,
    HandledBy.PHONE: 600,
    HandledBy.NOBODY: 0,
}
CENTS_MAX = 100_000


@dataclass(frozen=True)
class CostLine:
    """``cents`` of one contact, how many there were, what they cost together."""

    key: str
    label: str
    cents: int
    count: int

    @property
    def total_cents(self) -> int:
        """All of them."""
        return self.cents * self.count


def costs_now() -> dict[str, int]:
    """Cents by who answered: the newest of each."""
    newest = UnitCost.objects.order_by("handled_by", "-id").distinct("handled_by")
    return {**DEFAULT_CENTS, **dict(newest.values_list("handled_by", "cents"))}


def cost_lines(handled: Table) -> list[CostLine]:
    """The period's contacts at what they cost now, so that two periods can be compared."""
    cents = costs_now()
    return [CostLine(one.key, one.label, cents[one.key], one.count) for one in handled.lines]


@transaction.atomic
def costs_change(*, actor: User, cents: Mapping[str, int]) -> None:
    """Note what costs something else from now on; ONE transaction, nothing is overwritten.

    Raises ``PermissionDenied``.
    """
    if not actor.has_perm(CHANGE_COSTS):
        raise PermissionDenied
    known = costs_now()
    UnitCost.objects.bulk_create(
        UnitCost(handled_by=key, cents=value, actor=actor)
        for key, value in cents.items()
        if known[key] != value
    )
