"""What was said, read back: objects, total against the limit, free slots."""

from __future__ import annotations

from dataclasses import dataclass

from agent_console.pickups.errors import PickupError
from agent_console.pickups.limits import check_load, load_of
from agent_console.pickups.matching import Match, Status
from agent_console.pickups.models import Booking, Item, Slot
from agent_console.pickups.selectors.bookings import slots_free
from agent_console.pickups.selectors.settings import Coverage, items_said

SLOTS_SHOWN = 12


@dataclass(frozen=True)
class Reading:
    """``problem``, and its code, say why it can't be booked as it is; empty when it can."""

    lines: list[tuple[Match, Item | None, list[Item]]]
    wanted: list[tuple[str, int]]
    objects: int
    litres: int
    problem: str
    problem_code: str
    slots: list[Slot]

    @property
    def is_bookable(self) -> bool:
        """Whether there is something to book and nothing is in the way."""
        return bool(self.wanted) and not self.problem


def read(text: str, coverage: Coverage) -> Reading:
    """Read what was said under the rule of a place."""
    lines = items_said(text=text)
    taken = [(match, item) for match, item, _ in lines if item and match.status is Status.ACCEPTED]
    wanted = [(item.code, match.count) for match, item in taken]
    objects = sum(match.count for match, _ in taken)
    code, problem = _problem(lines, wanted, coverage)
    return Reading(
        lines=lines,
        wanted=wanted,
        objects=objects,
        litres=sum(match.count * (item.litres or 0) for match, item in taken),
        problem=problem,
        problem_code=code,
        slots=slots_free(
            sector=coverage.sector, rule=coverage.rule, objects=max(objects, 1), limit=SLOTS_SHOWN
        ),
    )


def written(booking: Booking) -> str:
    """A booking's objects as text that ``read`` understands."""
    return "\n".join(f"{row.count} {row.item.label_fr}" for row in booking.items.all())


def _problem(
    lines: list[tuple[Match, Item | None, list[Item]]],
    wanted: list[tuple[str, int]],
    coverage: Coverage,
) -> tuple[str, str]:
    """Code and French sentence."""
    if any(match.status is Status.UNKNOWN for match, _, _ in lines):
        return "item_unknown", "Un objet n’est pas reconnu\u00a0: écrivez-le autrement."
    if any(match.status is Status.FORBIDDEN for match, _, _ in lines):
        return "item_forbidden", "Un objet ne peut pas être collecté\u00a0: retirez-le de la liste."
    if not wanted:
        return "", ""
    try:
        check_load(load_of(wanted), coverage.rule)
    except PickupError as error:
        return error.code, error.message
    return "", ""
