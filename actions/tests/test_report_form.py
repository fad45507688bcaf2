"""The form: hear, check with the console, ask for what is missing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.report_form import AskReportCategory, ValidateReportForm
from actions.report_hearing import hear
from actions.tests.conftest import CONSOLE, entity, message, slots_set, tracker

SENTENCE = "il y a un nid-de-poule devant le 12 rue Paradis à Marseille"
FULL = message(
    SENTENCE,
    "report_issue",
    category=[("pothole", 0.9), ("manhole_cover", 0.05)],
    entities=[
        entity("address", "12 rue Paradis", SENTENCE),
        entity("commune", "Marseille", SENTENCE),
    ],
)
KNOWN = {
    "report_category": "pothole",
    "report_category_label": "trou dans la chaussée",
    "report_address": "12 rue Paradis",
    "report_location": "12 rue Paradis",
    "report_commune": "Marseille",
    "report_commune_label": "à Marseille",
    "report_similar": {},
    "report_questions": [],
    "requested_slot": "report_confirmed",
}


def _console_finds(
    name: str | None, *, in_territory: bool = True, found: bool = True
) -> respx.Route:
    commune = {"insee": "13055", "name": name, "postcode": "13006"} if name else None
    respx.post(f"{CONSOLE}/api/v1/reports/similar").respond(json=[])
    respx.get(f"{CONSOLE}/api/v1/reports/categories").respond(json=[])
    return respx.post(f"{CONSOLE}/api/v1/places/resolve").respond(
        json={"found": found, "in_territory": in_territory, "label": "", "commune": commune}
    )


async def _validate(
    dispatcher: CollectingDispatcher, domain: Any, latest: Any, slots: Any, **more: Any
) -> dict[str, Any]:
    return slots_set(
        await ValidateReportForm().run(dispatcher, tracker(latest, slots, **more), domain)
    )


@respx.mock
async def test_one_full_sentence_leads_to_the_read_back(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    _console_finds("Marseille")
    heard = await _validate(dispatcher, domain, FULL, {})
    assert heard["report_category"] == "pothole"
    assert heard["report_category_label"] == "trou dans la chaussée"
    assert heard["report_location"] == "12 rue Paradis"
    assert heard["report_commune_label"] == "à Marseille"
    assert heard["report_description"] == SENTENCE
    assert heard["requested_slot"] == "report_confirmed"


@respx.mock
@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Le Rove", "au Rove"),
        ("Les Pennes-Mirabeau", "aux Pennes-Mirabeau"),
        ("La Ciotat", "à La Ciotat"),
    ],
)
async def test_communes_carry_their_preposition(
    dispatcher: CollectingDispatcher, domain: Any, name: str, label: str
) -> None:
    _console_finds(name)
    heard = await _validate(dispatcher, domain, FULL, {})
    assert heard["report_commune_label"] == label


@respx.mock
async def test_a_place_that_is_known_alone_needs_no_commune(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    _console_finds("Marseille")
    text = "un trou au 12 rue Paradis"
    latest = message(
        text,
        "report_issue",
        category=[("pothole", 0.9)],
        entities=[entity("address", "12 rue Paradis", text)],
    )
    heard = await _validate(dispatcher, domain, latest, {})
    assert heard["report_commune"] == "Marseille"
    assert heard["requested_slot"] == "report_confirmed"


@respx.mock
async def test_an_unknown_commune_is_asked_again(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    _console_finds(None, found=False, in_territory=False)
    slots = {**KNOWN, "report_commune": None, "requested_slot": "report_commune"}
    heard = await _validate(dispatcher, domain, message("Trifouilly", "nlu_fallback"), slots)
    assert said() == ["utter_commune_unknown"]
    assert heard["report_commune"] is None
    assert heard["requested_slot"] == "report_commune"


@respx.mock
async def test_outside_the_territory_is_said(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    _console_finds("Toulon", in_territory=False)
    heard = await _validate(dispatcher, domain, FULL, {})
    assert said() == ["utter_outside_territory"]
    assert heard["requested_slot"] == "report_commune"


@respx.mock
async def test_with_the_console_away_the_words_stand_as_they_were_told(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.post(f"{CONSOLE}/api/v1/places/resolve").respond(503)
    heard = await _validate(dispatcher, domain, FULL, {})
    assert heard["report_commune"] == "Marseille"
    assert heard["report_commune_label"] == "à Marseille"
    assert heard["requested_slot"] == "report_confirmed"
    assert heard["report_similar"] is None  # looked for again at the next answer


@pytest.mark.parametrize(
    ("latest", "expected"),
    [
        (message("oui", "affirm"), {"report_confirmed": True, "requested_slot": None}),
        (
            message("non", "deny"),
            {"report_correction": "asked", "requested_slot": "report_correction"},
        ),
        (
            message("Le lieu", "correct_place"),
            {"report_location": None, "requested_slot": "report_location"},
        ),
        (
            message("Le problème", "correct_category"),
            {"report_category": None, "requested_slot": "report_category"},
        ),
    ],
)
async def test_the_answer_to_the_read_back(
    dispatcher: CollectingDispatcher, domain: Any, latest: Any, expected: dict[str, Any]
) -> None:
    # Nothing about the place changes here, or only to nothing: the console is not asked.
    heard = await _validate(dispatcher, domain, latest, {**KNOWN})
    assert expected.items() <= heard.items()


async def test_a_mumble_confirms_nothing(dispatcher: CollectingDispatcher, domain: Any) -> None:
    mumble = {**message("hmm", "affirm"), "intent": {"name": "affirm", "confidence": 0.5}}
    heard = await _validate(dispatcher, domain, mumble, {**KNOWN})
    assert heard == {"requested_slot": "report_confirmed"}


@pytest.mark.parametrize(
    "intent", ["emergency", "check_balance", "help", "talk_to_human", "cancel_flow", "thank"]
)
async def test_something_else_changes_no_slot(
    dispatcher: CollectingDispatcher, domain: Any, intent: str
) -> None:
    heard = await _validate(dispatcher, domain, message("…", intent), {**KNOWN})
    assert heard == {"requested_slot": "report_confirmed"}


async def test_coming_back_from_a_digression_hears_nothing_twice(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    events = [
        {"event": "user", "text": "oui"},
        {"event": "action_execution_rejected", "name": "report_form"},
        {"event": "action", "name": "action_balance"},
    ]
    heard = await _validate(dispatcher, domain, message("oui", "affirm"), KNOWN, events=events)
    assert heard == {"requested_slot": "report_confirmed"}


@respx.mock
async def test_a_long_answer_is_cut_to_what_the_console_takes(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    _console_finds("Marseille")
    slots = {**KNOWN, "requested_slot": "report_location", "report_location": None}
    heard = await _validate(dispatcher, domain, message("tout au fond " * 40, "inform"), slots)
    assert len(heard["report_location"]) == len(heard["report_place"]) == 200


async def test_an_unsure_category_offers_three_choices(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    unsure = message(
        "un truc sale",
        "report_issue",
        category=[("dirty_street", 0.4), ("graffiti", 0.3), ("rodents", 0.1), ("tree", 0.05)],
    )
    heard = await _validate(dispatcher, domain, unsure, {})
    assert heard["report_category_choices"] == ["dirty_street", "graffiti", "rodents"]
    assert heard["requested_slot"] == "report_category"
    asked = await AskReportCategory().run(dispatcher, tracker(unsure, heard), domain)
    titles = [button["title"] for button in dispatcher.messages[0]["buttons"]]
    assert titles == [
        "Rue ou place sale",
        "Tag, graffiti ou affichage sauvage",
        "Rats ou nuisibles",
        "Autre chose",
    ]
    assert slots_set(asked) == {"report_category_asked": 1.0}


@pytest.mark.parametrize("typed", ["Rue ou place sale", "rue ou place sale", "RUE OU PLACE SALE."])
async def test_a_choice_is_recognised_by_its_words(
    dispatcher: CollectingDispatcher, domain: Any, typed: str
) -> None:
    slots = {
        "requested_slot": "report_category",
        "report_category_choices": ["dirty_street"],
        "report_description": "un truc sale",
    }
    heard = await _validate(dispatcher, domain, message(typed, "nlu_fallback"), slots)
    assert heard["report_category"] == "dirty_street"
    assert heard["report_description"] == "un truc sale"


async def test_a_third_vague_answer_goes_to_a_person(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    slots = {
        "requested_slot": "report_category",
        "report_category_asked": 2.0,
        "report_description": "un truc",
    }
    vague = message("ben le truc là", "nlu_fallback", category=[("tree", 0.1)])
    heard = await _validate(dispatcher, domain, vague, slots)
    assert heard["report_category"] == "other"
    assert heard["report_description"] == "un truc\nben le truc là"


@respx.mock
async def test_two_streets_keep_the_words_between_them(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    _console_finds("Marseille")
    text = "à l'angle de la rue Paradis et de la rue Grignan"
    latest = message(
        text,
        "inform",
        entities=[entity("address", "rue Paradis", text), entity("address", "rue Grignan", text)],
    )
    slots = {**KNOWN, "requested_slot": "report_location", "report_location": None}
    heard = await _validate(dispatcher, domain, latest, slots)
    assert heard["report_location"] == "rue Paradis et de la rue Grignan"


def test_the_words_of_a_choice_name_no_place() -> None:
    said = message(
        "Rue ou place sale",
        "report_issue",
        entities=[entity("address", "place sale", "Rue ou place sale")],
    )
    slots = {"requested_slot": "report_category", "report_description": "ça sent mauvais"}
    heard = hear(said, slots, {"dirty_street": "rue ou place sale"})
    assert heard["report_category"] == "dirty_street"
    assert not heard.get("report_address")
    assert heard["report_description"] == "ça sent mauvais"
