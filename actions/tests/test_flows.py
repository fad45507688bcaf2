"""Forms beside the report's: what they hear, what they ask, what they do once confirmed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import respx
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.bookings import SubmitBooking, ValidateBookingForm
from actions.callbacks import RequestCallBack
from actions.fallback import Fallback
from actions.http import ServiceUnavailable
from actions.lookup import Lookup, ValidateLookupForm
from actions.opening import TalkToHuman
from actions.pickup_choices import chosen, slots_page
from actions.pickups import SubmitPickup, ValidatePickupForm
from actions.rewards import SubmitRedeem, ValidateRedeemForm, offer_named
from actions.route import Route
from actions.safety import Emergency
from actions.session import StartSession
from actions.social import Cancel, Repeat, SetLanguage, Undo
from actions.tests.conftest import (
    CONSOLE,
    CONVERSATION,
    TURN,
    WALLET,
    entity,
    message,
    slots_set,
    tracker,
)
from actions.wallet import TellHistory

Said = Callable[[], list[str]]
YES = message("oui", "affirm")
OPENED_IN = "7d1c0a52-3a43-4a51-9c6e-2f5b8f0f6a11"
OFFERS = [
    {"id": "o1", "title": "Une entrée à la piscine", "points": 10, "communes": []},
    {"id": "o2", "title": "Un abonnement à la médiathèque", "points": 120, "communes": ["13001"]},
]
SLOTS = [
    {"id": 1, "label": "lundi 30 novembre 2026, le matin"},
    {"id": 2, "label": "lundi 30 novembre 2026, l’après-midi"},
    {"id": 3, "label": "mardi 1 décembre 2026, le matin"},
    {"id": 4, "label": "mercredi 2 décembre 2026, le matin"},
]


def _opened(form: str, latest: dict[str, Any], slots: dict[str, Any]) -> Tracker:
    events: list[dict[str, Any]] = [
        {"event": "user", "text": "…", "metadata": {"turn": OPENED_IN}},
        {"event": "active_loop", "name": form},
        {"event": "user", "text": latest["text"], "metadata": {"turn": TURN}},
    ]
    return tracker(latest, slots, events=events, form=form)


# -- lookup


@pytest.mark.parametrize(
    ("latest", "slots", "expected"),
    [
        (
            message("où en est le 123-456-789", "track_report"),
            {},
            {"lookup_about": "track", "lookup_value": "123-456-789", "requested_slot": None},
        ),
        (
            message("et mon signalement", "track_report"),
            {"last_report_reference": "111-222-333"},
            {"lookup_value": "111-222-333", "requested_slot": None},
        ),
        (
            message("où en est mon signalement", "track_report"),
            {},
            {"lookup_value": None, "requested_slot": "lookup_value"},
        ),
        (
            message("dans quelle poubelle je jette une ampoule ?", "ask_sorting_rule"),
            {},
            {"lookup_about": "sorting", "lookup_value": "une ampoule"},
        ),
        (
            message("une bouteille en verre", "ask_sorting_rule"),
            {"lookup_about": "sorting", "requested_slot": "lookup_value"},
            {"lookup_value": "une bouteille en verre", "requested_slot": None},
        ),
        (
            message("Aubagne", "inform", entities=[entity("commune", "Aubagne", "Aubagne")]),
            {"lookup_about": "drop_off", "requested_slot": "lookup_value"},
            {"lookup_value": "Aubagne", "requested_slot": None},
        ),
    ],
)
async def test_one_thing_is_asked_at_most(
    dispatcher: CollectingDispatcher,
    domain: Any,
    latest: dict[str, Any],
    slots: dict[str, Any],
    expected: dict[str, Any],
) -> None:
    heard = await ValidateLookupForm().run(dispatcher, tracker(latest, slots), domain)
    assert expected.items() <= slots_set(heard).items()


@respx.mock
async def test_where_a_report_stands(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    report = {
        "reference": "123-456-789",
        "category": "pothole",
        "category_label": "Trou",
        "state_label": "En cours",
        "closed_at": None,
        "is_late": False,
        "due_at": "2026-12-02T17:00:00Z",
    }
    respx.get(f"{CONSOLE}/api/v1/reports/123-456-789").respond(json=report)
    slots = {"lookup_about": "track", "lookup_value": "123 456 789"}
    respx.get(f"{CONSOLE}/api/v1/reports/123-456-789").respond(json=report)
    await Lookup().run(dispatcher, tracker(YES, slots), domain)
    assert said() == ["utter_tracked"]
    told = dispatcher.messages[0]
    assert told["category"] == "trou dans la chaussée"
    assert told["state"] == "en cours"
    assert told["when"] == "Objectif : avant le mercredi 2 décembre."


@respx.mock
@pytest.mark.parametrize("about", ["track", "drop_off", "sorting"])
async def test_a_service_away_is_said(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, about: str
) -> None:
    respx.route(host="console.test").respond(503)
    slots = {"lookup_about": about, "lookup_value": "x"}
    events = await Lookup().run(dispatcher, tracker(YES, slots), domain)
    assert said() == ["utter_service_away"]
    assert slots_set(events)["lookup_value"] is None


# -- points for something


@pytest.mark.parametrize(
    ("words", "offer"),
    [
        ("Une entrée à la piscine", "o1"),
        ("la piscine", "o1"),
        ("je veux la médiathèque", "o2"),
        ("un ticket de bus", None),
        ("points", None),
    ],
)
def test_an_offer_is_named(words: str, offer: str | None) -> None:
    found = offer_named(words, OFFERS)
    assert (found["id"] if found else None) == offer


async def test_an_offer_of_some_towns_asks_for_the_town(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    slots = {"redeem_offers": OFFERS, "requested_slot": "redeem_offer"}
    latest = message("Un abonnement à la médiathèque", "redeem_reward")
    heard = await ValidateRedeemForm().run(dispatcher, tracker(latest, slots), domain)
    assert slots_set(heard)["requested_slot"] == "redeem_commune"


@respx.mock
async def test_a_voucher_is_asked_for_once_with_the_price_that_was_read(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://ville.test/")
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": "w1", "locale": "fr"}
    )
    route = respx.post(f"{WALLET}/v1/redemptions").respond(
        201,
        json={
            "id": "r1",
            "voucher_code": "ABCD-EF12",
            "offer": {"partner_name": "Piscine"},
            "expires_at": "2026-12-24T10:00:00Z",
        },
    )
    slots = {"redeem_offers": OFFERS, "redeem_offer": OFFERS[0], "redeem_confirmed": True}
    events = await SubmitRedeem().run(dispatcher, _opened("redeem_form", YES, slots), domain)
    assert route.calls.last.request.headers["Idempotency-Key"] == f"{OPENED_IN}:redeem"
    assert json.loads(route.calls.last.request.content)["price_points"] == 10
    assert said() == ["utter_redeemed", "utter_redeemed_address"]
    assert dispatcher.messages[1]["address"] == "https://ville.test/bons/r1/"
    assert slots_set(events)["last_act"]["kind"] == "voucher"


@respx.mock
@pytest.mark.parametrize(
    ("code", "response"),
    [
        ("insufficient_points", "utter_redeem_refused_points"),
        ("out_of_stock", "utter_redeem_refused"),
    ],
)
async def test_a_refused_voucher_is_explained(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, code: str, response: str
) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": "w1", "locale": "fr"}
    )
    respx.get(f"{WALLET}/v1/wallets/w1").respond(json={"available_points": 4, "pending_points": 0})
    respx.post(f"{WALLET}/v1/redemptions").respond(409, json={"code": code})
    slots = {"redeem_offers": OFFERS, "redeem_offer": OFFERS[0], "redeem_confirmed": True}
    await SubmitRedeem().run(dispatcher, _opened("redeem_form", YES, slots), domain)
    assert said() == [response]


@respx.mock
async def test_nobody_says_what_became_of_points_while_the_wallet_is_away(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": "w1", "locale": "fr"}
    )
    respx.post(f"{WALLET}/v1/redemptions").respond(503)
    slots = {"redeem_offers": OFFERS, "redeem_offer": OFFERS[0], "redeem_confirmed": True}
    with pytest.raises(ServiceUnavailable):
        await SubmitRedeem().run(dispatcher, _opened("redeem_form", YES, slots), domain)
    assert not dispatcher.messages


async def test_a_no_moves_no_point(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    slots = {"redeem_offers": OFFERS, "redeem_offer": None, "redeem_confirmed": False}
    await SubmitRedeem().run(dispatcher, _opened("redeem_form", YES, slots), domain)
    assert said() == ["utter_redeem_cancelled"]


@respx.mock
async def test_movements_are_told_in_words(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": "w1", "locale": "fr"}
    )
    entries = [
        {"kind": "redemption_held", "points": -10, "created_at": "2026-11-28T10:00:00Z"},
        {"kind": "statement_closed", "points": -5, "created_at": "2026-11-27T10:00:00Z"},
        {"kind": "reward_posted", "points": 60, "created_at": "2026-11-26T23:30:00Z"},
    ]
    respx.get(f"{WALLET}/v1/wallets/w1/entries").respond(json={"items": entries})
    await TellHistory().run(dispatcher, tracker(YES), domain)
    assert said() == ["utter_history"]
    # Half past eleven in the evening, UTC, is the next day in Marseille.
    assert dispatcher.messages[0]["lines"] == (
        "le samedi 28 novembre, 10 points mis de côté pour un bon; "
        "le vendredi 27 novembre, 60 points reçus."
    )


# -- pickups


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("lundi 30 novembre 2026, le matin", [1]),
        ("lundi", [1, 2]),
        ("lundi matin", [1]),
        ("le 1 décembre", [3]),
        ("dimanche", []),
        ("peu importe", []),
    ],
)
def test_a_slot_is_chosen_in_words(words: str, ids: list[int]) -> None:
    assert [slot["id"] for slot in chosen(words, SLOTS)] == ids


def test_pages_of_slots_come_round_again() -> None:
    assert [s["id"] for s in slots_page(SLOTS, 1)] == [4]
    assert slots_page(SLOTS, 2) == slots_page(SLOTS, 0)
    assert slots_page([], 3) == []


@respx.mock
async def test_forbidden_things_are_said_and_asked_again(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    gas = {
        "said": "une bouteille de gaz",
        "count": 1,
        "status": "forbidden",
        "item": {"code": "gas", "label": "Bouteille de gaz"},
        "instead": "Au magasin.",
        "alternatives": [],
    }
    respx.post(f"{CONSOLE}/api/v1/pickups/items").respond(json={"items": [gas]})
    latest = message("une bouteille de gaz", "inform")
    slots = {"requested_slot": "pickup_items"}
    heard = await ValidatePickupForm().run(dispatcher, tracker(latest, slots), domain)
    assert said() == ["utter_pickup_forbidden"]
    assert slots_set(heard)["requested_slot"] == "pickup_items"


@respx.mock
async def test_another_operator_is_the_right_door(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.post(f"{CONSOLE}/api/v1/pickups/rules").respond(
        json={"insee": "13041", "served": False, "operator": "Gardanne", "operator_phone": "04"}
    )
    latest = message(
        "2 rue Borély à Gardanne",
        "inform",
        entities=[
            entity("address", "2 rue Borély", "2 rue Borély à Gardanne"),
            entity("commune", "Gardanne", "2 rue Borély à Gardanne"),
        ],
    )
    item = {"code": "sofa", "label": "Canapé", "count": 1}
    slots = {"pickup_items": [item], "requested_slot": "pickup_address"}
    heard = slots_set(await ValidatePickupForm().run(dispatcher, tracker(latest, slots), domain))
    assert said() == ["utter_pickup_elsewhere"]
    assert heard["requested_slot"] is None
    done = await SubmitPickup().run(dispatcher, tracker(latest, {**slots, **heard}), domain)
    assert slots_set(done)["pickup_items"] is None


BOOKING = {
    "pickup_items": [{"code": "sofa", "label": "Canapé", "count": 1}],
    "pickup_address": "2 rue Paradis",
    "pickup_insee": "13206",
    "pickup_slot": SLOTS[0],
    "pickup_confirmed": True,
}


@respx.mock
async def test_a_pickup_is_booked_with_the_forms_key(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/pickups").respond(
        201, json={"reference": "P-1", "slot_label": "lundi", "label_url": "https://x"}
    )
    events = await SubmitPickup().run(dispatcher, _opened("pickup_form", YES, BOOKING), domain)
    assert route.calls.last.request.headers["Idempotency-Key"] == f"{OPENED_IN}:pickup"
    assert json.loads(route.calls.last.request.content)["items"] == [{"code": "sofa", "count": 1}]
    assert said() == ["utter_pickup_booked", "utter_pickup_label"]
    assert slots_set(events)["last_act"] == {"kind": "pickup", "reference": "P-1"}


@respx.mock
@pytest.mark.parametrize(
    ("code", "asked_again"),
    [("slot_full", "pickup_slot"), ("too_much_volume", "pickup_items")],
)
async def test_a_refused_pickup_asks_again(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, code: str, asked_again: str
) -> None:
    respx.post(f"{CONSOLE}/api/v1/pickups").respond(409, json={"code": code, "message": "Non."})
    events = await SubmitPickup().run(dispatcher, _opened("pickup_form", YES, BOOKING), domain)
    assert said() == ["utter_pickup_refused"]
    assert dispatcher.messages[0]["reason"] == "Non."
    assert slots_set(events)[asked_again] is None
    assert events[-1] == {"event": "followup", "timestamp": None, "name": "pickup_form"}


@respx.mock
async def test_no_appointment_ends_the_form(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.get(f"{CONSOLE}/api/v1/pickups").respond(json={"bookings": []})
    latest = message("annuler mon rendez-vous", "cancel_pickup")
    heard = await ValidateBookingForm().run(dispatcher, tracker(latest), domain)
    assert said() == ["utter_pickup_none"]
    assert slots_set(heard)["requested_slot"] is None


@respx.mock
async def test_an_appointment_is_cancelled_after_a_yes_only(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/pickups/P-1/cancel").respond(json={})
    booking = {"booking_act": "cancel", "booking_choice": {"reference": "P-1"}}
    no = {**booking, "booking_choices": [{}], "booking_confirmed": False}
    await SubmitBooking().run(dispatcher, tracker(YES, no), domain)
    assert (said(), route.call_count) == (["utter_booking_kept"], 0)
    await SubmitBooking().run(dispatcher, tracker(YES, {**no, "booking_confirmed": True}), domain)
    assert route.call_count == 1


# -- around the forms


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("mon mari me frappe", "violence"),
        ("un enfant est enfermé", "child"),
        ("il dort dehors", "shelter"),
        ("je veux mourir", "suicide"),
    ],
)
async def test_the_line_that_fits_is_added(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, words: str, line: str
) -> None:
    await Emergency().run(dispatcher, tracker(message(words, "emergency")), domain)
    assert said() == ["utter_emergency", f"utter_emergency_{line}", "utter_emergency_scope"]


async def test_danger_is_heard_where_nothing_was_understood(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    latest = message("je veux me suicider", "nlu_fallback")
    await Fallback().run(dispatcher, tracker(latest), domain)
    assert said()[0] == "utter_emergency"


DAILY = {"is_open": True, "hours": "tous les jours", "opens": ""}
LATER = {"is_open": False, "hours": "le lundi de 8 h à 18 h", "opens": "lundi 4 mai à 8 h"}
NEVER = {"is_open": False, "hours": "", "opens": ""}
UNSAID = "aux heures d'ouverture"


@respx.mock
@pytest.mark.parametrize(
    ("answer", "response", "hours"),
    [
        (DAILY, "utter_human_open", "tous les jours"),
        (LATER, "utter_human_closed", "le lundi de 8 h à 18 h, de nouveau lundi 4 mai à 8 h"),
        (NEVER, "utter_human_closed", UNSAID),
        (None, "utter_human_open", UNSAID),  # the console is away
    ],
)
async def test_the_hours_are_the_consoles(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    answer: dict[str, Any] | None,
    response: str,
    hours: str,
) -> None:
    route = respx.get(f"{CONSOLE}/api/v1/opening")
    route.respond(200, json=answer) if answer else route.respond(503)
    await TalkToHuman().run(dispatcher, tracker(message("un humain", "talk_to_human")), domain)
    assert said()[0] == response
    assert dispatcher.messages[0]["hours"] == hours
    assert ("utter_callback_offer" in said()) == (response == "utter_human_closed")
    assert route.calls.last.request.url.params["locale"] == "fr"


@respx.mock
@pytest.mark.parametrize(
    ("phone", "status", "answer", "response"),
    [
        ("", 201, {"is_desk_open": True}, "utter_callback_soon"),
        ("06 39 98 00 00", 201, {"is_desk_open": False}, "utter_callback_later"),
        ("", 422, {"code": "phone_missing"}, "utter_callback_number_missing"),
        ("0639", 422, {"code": "phone_invalid"}, "utter_callback_number_invalid"),
        ("", 503, {}, "utter_service_away"),
    ],
)
async def test_a_call_back_is_asked_for_once_and_what_became_of_it_is_said(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    phone: str,
    status: int,
    answer: dict[str, Any],
    response: str,
) -> None:
    body = {"call_from": "2026-11-30T08:00:00+01:00", **answer}
    route = respx.post(f"{CONSOLE}/api/v1/callbacks").respond(status, json=body)
    found = [{"entity": "phone", "value": phone}] if phone else []
    latest = message("…", "ask_callback", entities=found)
    await RequestCallBack().run(dispatcher, tracker(latest), domain)
    asked = route.calls.last.request
    assert json.loads(asked.content)["phone"] == phone
    assert asked.headers["Idempotency-Key"].endswith(":callback")
    assert said() == [response]
    if response == "utter_callback_later":
        assert dispatcher.messages[0]["day"] == "lundi 30 novembre"


@pytest.mark.parametrize(
    ("intent", "form", "slots", "following"),
    [
        ("report_issue", None, {}, "report_form"),
        ("book_pickup", "report_form", {"suspended_flow": "report_form"}, "pickup_form"),
        ("find_drop_off", "report_form", {"suspended_flow": "report_form"}, "lookup_form"),
        ("report_issue", "report_form", {}, None),
        ("inform", "pickup_form", {}, None),
        ("correct_place", None, {}, None),
    ],
)
async def test_a_form_opens_over_another_or_not_at_all(
    dispatcher: CollectingDispatcher,
    domain: Any,
    intent: str,
    form: str | None,
    slots: dict[str, Any],
    following: str | None,
) -> None:
    events = await Route().run(dispatcher, tracker(message("…", intent), form=form), domain)
    assert slots_set(events) == slots
    followed = [e["name"] for e in events if e["event"] == "followup"]
    assert followed == ([following] if following else [])


@pytest.mark.parametrize(
    ("words", "locale"),
    [("in English please", "en"), ("en français", "fr"), ("autre langue", None)],
)
async def test_the_language_is_set(
    dispatcher: CollectingDispatcher, domain: Any, words: str, locale: str | None
) -> None:
    events = await SetLanguage().run(dispatcher, tracker(message(words, "set_language")), domain)
    assert slots_set(events).get("locale") == locale


async def test_what_was_said_is_said_again(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    events: list[dict[str, Any]] = [
        {"event": "user", "text": "mon solde"},
        {"event": "bot", "text": "Vous avez 10 points.", "data": {}},
        {"event": "user", "text": "répétez"},
    ]
    await Repeat().run(dispatcher, tracker(message("répétez", "repeat"), events=events), domain)
    assert dispatcher.messages[0]["last"] == "Vous avez 10 points."


@respx.mock
async def test_a_voucher_is_taken_back_once(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    route = respx.post(f"{WALLET}/v1/redemptions/r1/cancel").respond(json={})
    act = {"kind": "voucher", "id": "r1", "code": "ABCD"}
    undo = tracker(message("annule", "undo"), {"last_act": act})
    events = await Undo().run(dispatcher, undo, domain)
    assert route.calls.last.request.headers["Idempotency-Key"] == f"{TURN}:undo"
    assert said() == ["utter_undo_voucher"]
    assert slots_set(events) == {"last_act": None}


async def test_dropping_a_form_forgets_it(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    drop = tracker(message("annule", "cancel_flow"), BOOKING, form="pickup_form")
    events = await Cancel().run(dispatcher, drop, domain)
    assert said() == ["utter_pickup_cancelled_flow"]
    assert slots_set(events)["pickup_items"] is None


async def test_a_new_session_keeps_the_draft_and_what_waits(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    slots = {
        "locale": "fr",
        "report_category": "pothole",
        "report_location": "rue Paradis",
        "kept_reports": [{"key": "k"}],
        "session_started_metadata": {"channel": "web", "locale": "fr"},
    }
    events = await StartSession().run(dispatcher, tracker(YES, slots), domain)
    kept = slots_set(events)
    assert kept["kept_reports"] == [{"key": "k"}]
    assert kept["draft"]["form"] == "report_form"
    assert kept["draft"]["slots"]["report_category"] == "pothole"
    texts = [event["text"] for event in events if event["event"] == "bot"]
    assert "un signalement" in texts[-1]
