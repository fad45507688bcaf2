"""Points given, exchanged, used and lost by day: the wallet's ledger, kept beside the contacts.

The wallet knows each day for good once it is over, so only the newest days are asked for again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Max

from agent_console.wallet.movements import DayGiving, DayMovement, movements_page

from .locking import totals_lock
from .measures import Measure
from .models import DailyTotal

BEGINNING = date(2020, 1, 1)  # before the service began
_AGAIN = timedelta(days=2)  # what was being written while a day was asked for is there by then
POINTS = Measure(
    "points_moved",
    "Points de la période",
    "NULL",
    {
        "given": "Donnés",
        "taken_back": "Repris",
        "exchanged": "Échangés contre un bon",
        "returned": "Rendus (bon annulé, échu ou remboursé)",
        "used": "Utilisés chez un partenaire",
        "expired": "Expirés ou perdus",
    },
    total_title="Points",
)
# Its keys are the rules' codes; they are named where they are shown (``labels_of``).
GIVEN = Measure("points_given", "Points donnés par geste", "NULL", {}, total_title="Points")
_KEYS = {
    "reward_posted": "given",
    "reward_granted": "given",
    "correction_credited": "given",
    "reward_reversed": "taken_back",
    "correction_debited": "taken_back",
    "points_recovered": "taken_back",
    "redemption_held": "exchanged",
    "redemption_released": "returned",
    "redemption_refunded": "returned",
    "redemption_captured": "used",
    "points_expired": "expired",
    "points_forfeited": "expired",
}  # closing a partner's statement is neither: those points were used before


def points_update() -> None:
    """Take in what the wallet moved since the newest day that is known, and that day again.

    ONE transaction for each page of days, in their order: after a crash the next run goes on where
    this one stopped.  Raises ``WalletUnavailable``; what is known stays.
    """
    # Of both: after an update that brings one of them, all days are asked for once.
    newest = [
        DailyTotal.objects.filter(measure=one.code).aggregate(day=Max("day"))["day"]
        for one in (POINTS, GIVEN)
    ]
    since: date | None = min(newest) - _AGAIN if all(newest) else BEGINNING
    while since is not None:
        page = movements_page(since=since)
        _replace(page.items, page.given, since=since, until=page.next_since)
        since = page.next_since


def points_rebuild() -> None:
    """Ask for every day again; ONE transaction once all are there.

    Raises ``WalletUnavailable``; what is known stays.
    """
    items: list[DayMovement] = []
    given: list[DayGiving] = []
    since: date | None = BEGINNING
    while since is not None:
        page = movements_page(since=since)
        items += page.items
        given += page.given
        since = page.next_since
    _replace(items, given, since=date.min, until=None)


@transaction.atomic
def _replace(
    items: Iterable[DayMovement],
    given: Iterable[DayGiving],
    *,
    since: date,
    until: date | None,
) -> None:
    """The days from ``since`` to before ``until`` are now these."""
    totals_lock()
    known = DailyTotal.objects.filter(measure__in=(POINTS.code, GIVEN.code), day__gte=since)
    (known.filter(day__lt=until) if until else known).delete()
    entries: Counter[tuple[date, str]] = Counter()
    points: Counter[tuple[date, str]] = Counter()
    for item in items:
        if (key := _KEYS.get(item.kind)) is not None:
            entries[item.day, key] += item.entries
            points[item.day, key] += item.points
    DailyTotal.objects.bulk_create(
        DailyTotal(day=day, measure=POINTS.code, key=key, count=count, total=points[day, key])
        for (day, key), count in entries.items()
    )
    DailyTotal.objects.bulk_create(
        DailyTotal(
            day=one.day, measure=GIVEN.code, key=one.rule, count=one.entries, total=one.points
        )
        for one in given
    )
