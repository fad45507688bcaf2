"""The hours of the first start."""

from .models import DayKind, DeskDay
from .selectors import default_hours


def desk_hours_load() -> None:
    """Insert what is missing from ``HELP_DESK_HOURS``, inside the caller's transaction.

    What is there is a supervisor's, and left alone.
    """
    week = default_hours().week
    DeskDay.objects.bulk_create(
        [
            DeskDay(
                kind=kind,
                opens_at=span.opens if span else None,
                closes_at=span.closes if span else None,
            )
            for kind, span in zip(DayKind.values, week, strict=True)
        ],
        ignore_conflicts=True,
    )
