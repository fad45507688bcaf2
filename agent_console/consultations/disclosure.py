"""Which sums may be kept of who voted what where: pure functions.

A commune is told apart when at least ``CELL_MIN`` ballots name it and they do not all say the same
(ten equal ballots would tell what each of the ten voted).  All others are one remainder, to which
the smallest communes are added until the remainder itself may be shown: otherwise it could be had
by subtracting.
"""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping

CELL_MIN = 10

type Counts = Counter[uuid.UUID]


def cells_shown(votes: Iterable[tuple[uuid.UUID, str]]) -> dict[str, Counts]:
    """Commune → choice → ballots, ``""`` being the remainder; votes are (choice, commune or "").

    Sums over all cells are those of the votes, whatever is folded.
    """
    cells: dict[str, Counts] = {}
    for choice_id, insee in votes:
        cells.setdefault(insee, Counter())[choice_id] += 1
    rest: Counts = cells.pop("", Counter())
    for insee in [insee for insee, counts in cells.items() if not _may_be_shown(counts)]:
        rest += cells.pop(insee)
    while cells and rest and not _may_be_shown(rest):
        rest += cells.pop(min(cells, key=lambda insee: (cells[insee].total(), insee)))
    return {**cells, **({"": rest} if rest else {})}


def is_too_few(ballots: int) -> bool:
    """Whether even the whole is too small to be shown."""
    return ballots < CELL_MIN


def _may_be_shown(counts: Mapping[uuid.UUID, int]) -> bool:
    total = sum(counts.values())
    return total >= CELL_MIN and max(counts.values()) < total
