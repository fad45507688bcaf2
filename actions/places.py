"""Check what was told about the place with the console, which knows the territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.clients import Console
from actions.phrases import commune_with_preposition


@dataclass(frozen=True)
class PlaceCheck:
    """Slots to set, and the response to utter first, if any."""

    slots: dict[str, Any]
    response: str | None = None


async def check_place(
    slots: Mapping[str, Any], *, console: Console, commune_was_told: bool
) -> PlaceCheck:
    """Settle the commune from the slots. Raises what ``Console.resolve_place`` raises.

    A place that is not on the map is kept as told: an agent reads it. A commune outside the
    territory, or one that nobody knows, is asked again.
    """
    location = str(slots.get("report_location") or "")
    commune = str(slots.get("report_commune") or "")
    if not location and not commune:
        return PlaceCheck({})
    answer = await console.resolve_place(text=location or commune, commune=commune)
    nowhere = {"report_commune": None, "report_commune_label": None}
    if answer.commune is None:
        if answer.found and not answer.in_territory:
            return PlaceCheck(nowhere, "utter_outside_territory")
        return PlaceCheck(nowhere, "utter_commune_unknown" if commune_was_told else None)
    if not answer.in_territory:
        return PlaceCheck(nowhere, "utter_outside_territory")
    return PlaceCheck(
        {
            "report_commune": commune or answer.commune,
            "report_commune_label": commune_with_preposition(answer.commune),
        }
    )
