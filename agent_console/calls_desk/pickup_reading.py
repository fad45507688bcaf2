"""The form's pickup: objects read back, who collects there, the free slots."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from agent_console.pickup_desk.load_view import Reading, read
from agent_console.pickups.errors import PickupError
from agent_console.pickups.selectors.settings import (
    Coverage,
    commune_named,
    served_coverage_of,
)

from .forms import CallForm
from .sending import Pickup


class NotBookable(PickupError):
    """What was said can't be booked as it is; ``message`` says why (French)."""

    code = "not_bookable"


@dataclass(frozen=True)
class PickupPart:
    """``problem``: why nothing can be booked at the place (French); ``chosen``: a slot's id."""

    coverage: Coverage | None = None
    reading: Reading | None = None
    chosen: str = ""
    problem: str = ""


def pickup_part_of(form: CallForm) -> PickupPart:
    """What to show for what is typed so far; never raises."""
    said = form.data
    commune, address = str(said.get("commune") or ""), str(said.get("address") or "")
    if not commune:
        return PickupPart()
    try:
        coverage = served_coverage_of(commune=commune_named(place=f"{address} {commune}".strip()))
    except PickupError as refusal:
        return PickupPart(problem=refusal.message)
    reading = read(str(said.get("items") or "")[:500], coverage)
    chosen = str(said.get("slot") or "") or _wished(reading, str(said.get("day") or ""))
    return PickupPart(coverage, reading, chosen)


def pickup_of(form: CallForm) -> Pickup:
    """The pickup of a valid form.  Raises ``PickupError``."""
    part = pickup_part_of(form)
    if part.coverage is None or part.reading is None:
        raise NotBookable(part.problem or "Indiquez la commune.")
    if not part.reading.is_bookable:
        raise NotBookable(part.reading.problem or "Indiquez au moins un objet.")
    said = form.cleaned_data
    return Pickup(
        commune=part.coverage.commune,
        address=said["address"],
        place=said["place"],
        items=part.reading.wanted,
        slot_id=said["slot"],
    )


def _wished(reading: Reading, day: str) -> str:
    """The first free slot from the day that the caller named."""
    try:
        wished = date.fromisoformat(day)
    except ValueError:
        return ""
    return next((str(slot.pk) for slot in reading.slots if slot.day >= wished), "")
