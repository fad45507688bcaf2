"""An outage that covers the place is announced before a report is made; the resident chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.phrases import Phrases
from actions.report_form import AskReportSame, ValidateReportForm
from actions.tests.conftest import CONSOLE, entity, message, slots_set, tracker

OUTAGE = {
    "message_fr": "Tout le quartier est dans le noir.",
    "message_en": "The whole quarter is dark.",
    "expected_end": "2026-03-03T17:30:00Z",
}
PARENT = {
    "reference": "123-456-789",
    "label": "Éclairage public en panne, panne déclarée",
    "people": 12,
    "can_support": True,
    "outage": OUTAGE,
}
NEAR = {**PARENT, "reference": "987-654-321", "outage": None}
TEXT = "lampadaire éteint 12 rue Paradis à Marseille"
TOLD = message(
    TEXT,
    "report_issue",
    category=[("street_light_out", 0.9)],
    entities=[entity("address", "12 rue Paradis", TEXT), entity("commune", "Marseille", TEXT)],
)


def city(similar: list[dict[str, Any]]) -> None:
    place = {"house_number": "12", "street": "rue Paradis"}
    respx.post(f"{CONSOLE}/api/v1/places/resolve").respond(
        json={
            "found": True,
            "in_territory": True,
            "label": "12 rue Paradis",
            "place": place,
            "commune": {"insee": "13055", "name": "Marseille"},
        }
    )
    respx.post(f"{CONSOLE}/api/v1/reports/similar").respond(json=similar)
    respx.get(f"{CONSOLE}/api/v1/reports/categories").respond(json=[])


async def heard(
    dispatcher: CollectingDispatcher, domain: Any, slots: dict[str, Any] | None = None
) -> dict[str, Any]:
    events = await ValidateReportForm().run(
        dispatcher, tracker(TOLD, slots, form="report_form"), domain
    )
    return slots_set(events)


@respx.mock
async def test_it_is_announced_and_offered_before_a_report_is_made(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    city([PARENT, NEAR])
    slots = await heard(dispatcher, domain)
    assert said() == ["utter_outage", "utter_outage_end"]
    announced, until = dispatcher.messages
    assert announced["message"] == OUTAGE["message_fr"]
    assert (until["day"], until["hour"]) == ("mardi 3 mars", "18 h 30")
    assert slots["report_similar"]["reference"] == "123-456-789"
    assert slots["requested_slot"] == "report_same"
    dispatcher.messages.clear()
    await AskReportSame().run(dispatcher, tracker(TOLD, slots, form="report_form"), domain)
    assert said() == ["utter_ask_report_outage"]
    assert "utter_ask_report_outage_en" in domain["responses"]


@respx.mock
async def test_in_english_and_without_an_end(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    city([{**PARENT, "outage": {**OUTAGE, "expected_end": None}}])
    await heard(dispatcher, domain, {"locale": "en"})
    assert said() == ["utter_outage"]
    assert dispatcher.messages[0]["message"] == OUTAGE["message_en"]


@respx.mock
async def test_who_follows_it_already_hears_it_and_is_asked_nothing(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    city([{**PARENT, "can_support": False}, NEAR])
    slots = await heard(dispatcher, domain)
    assert said() == ["utter_outage", "utter_outage_end"]
    assert slots["requested_slot"] == "report_confirmed"


@respx.mock
async def test_without_one_nothing_is_announced(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    city([NEAR])
    slots = await heard(dispatcher, domain)
    assert said() == []
    assert slots["report_similar"]["reference"] == NEAR["reference"]


@pytest.mark.parametrize(
    ("locale", "moment", "words"),
    [
        ("fr", "2026-07-01T16:00:00Z", "18 h"),
        ("fr", "2026-01-01T08:05:00+00:00", "9 h 05"),
        ("en", "2026-01-01T17:00:00+01:00", "17:00"),
    ],
)
def test_an_hour_is_said_in_paris(domain: Any, locale: str, moment: str, words: str) -> None:
    assert Phrases(domain, locale).hour(moment) == words
