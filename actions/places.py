"""Check what was told about the place with the console, which knows the territory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from actions.clients import Console
from actions.flow import Hearing, Slots
from actions.http import ServiceRefused
from actions.phrases import commune_with_preposition


@dataclass(frozen=True)
class PlaceCheck:
    """Slots to set, and the response to utter first, if any."""

    slots: dict[str, Any]
    response: str | None = None


async def check_place(
    slots: Mapping[str, Any], *, console: Console, commune_was_told: bool, locale: str = "fr"
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
            "report_commune_label": commune_with_preposition(answer.commune, locale),
        }
    )


async def place_shared(heard: Hearing, console: Console) -> Slots:
    """Slots from a shared position; says so when it is outside the territory.

    Raises ``ServiceUnavailable``: without the console nobody can say where that is.
    """
    position = heard.metadata["location"]
    latitude, longitude = float(position["latitude"]), float(position["longitude"])
    try:
        found = await console.place_at(latitude=latitude, longitude=longitude)
    except ServiceRefused:
        heard.dispatcher.utter_message(response="utter_location_unknown")
        return {}
    known: Slots = {
        "report_latitude": latitude,
        "report_longitude": longitude,
        "report_address": None,
        "report_place": None,
        "report_confirmed": None,
        "report_correction": None,
        "report_similar": None,
        "report_same": None,
    }
    if found.commune is None and not found.found:
        # No geocoder here: the position is the place, and the commune is asked.
        return {**known, "report_location": heard.phrases.text("utter_shared_position")}
    if not found.in_territory or found.commune is None:
        heard.dispatcher.utter_message(response="utter_outside_territory")
        return {}
    label = found.label or found.commune
    return {
        **known,
        "report_address": label,
        "report_location": label,
        "report_commune": found.commune,
        "report_commune_label": commune_with_preposition(found.commune, heard.phrases.locale),
    }
