"""Indexes by which lists of reports are read: each finds its rows in the order they are shown.

A page then costs what it shows, not what there is: with a million reports as with ten thousand
(``tests/load/reports_reads.py`` measures it).
"""

from django.db.models import F, Index, Q
from django.db.models.expressions import Combinable
from django.db.models.functions import Floor

from ..workflow import OPEN

# A report's cell is its coordinates in these parts of a degree, rounded down: about 1.1 km by
# 0.8 km.
CELLS_PER_DEGREE = 100
_COLUMNS = 100_000  # more than a row of cells has
# Said by the state: the planner knows its shares, and not how it goes with `closed_at`.
_IS_OPEN = Q(state__in=sorted(OPEN))


def cell_number(row: int, column: int) -> int:
    """The number of a cell from its coordinates rounded down."""
    return row * _COLUMNS + column


def cell_of() -> Combinable:
    """A report's cell, as the indexes hold it.

    One number and not two sides: the planner then knows how many reports a cell holds, and reads
    a full one in the index's order.
    """
    return Floor(F("latitude") * CELLS_PER_DEGREE) * _COLUMNS + Floor(
        F("longitude") * CELLS_PER_DEGREE
    )


READ_INDEXES = [
    Index(fields=["category", "-created_at", "-id"], name="report_category_recent"),
    Index(fields=["channel", "-created_at", "-id"], name="report_channel_recent"),
    Index(fields=["commune", "category", "-created_at", "-id"], name="report_commune_category"),
    # What is open is little beside what is closed; ``due_at`` stands last so that what is not
    # late is passed over inside the index.
    Index(
        fields=["-created_at", "-id", "due_at"],
        name="report_open_late",
        condition=Q(closed_at=None),
    ),
    Index(
        fields=["commune", "state", "-created_at", "-id"],
        name="report_open_commune",
        condition=_IS_OPEN,
    ),
    Index(
        fields=["assigned_to", "state", "-created_at", "-id"],
        name="report_open_service",
        condition=_IS_OPEN,
    ),
    Index(cell_of(), F("created_at").desc(), F("id").desc(), name="report_cell_recent"),
    # Readers that keep up with changes.
    Index(fields=["updated_at", "id"], name="report_updated"),
]
