"""See, take away, correct, erase: after a code, and an erasure only after its warning and words."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.my_data import DATA_SLOTS, MyData, SubmitData, ValidateDataForm
from actions.proof import SubmitProof
from actions.social import Cancel
from actions.tests.conftest import entity, message, slots_set, tracker
from actions.tests.test_proof import CODE_ID, DIGITS, IDENTITY, recognised, refused

Said = Callable[[], list[str]]
MINE = f"{IDENTITY}/my-data"
WARNING = {"text": "Vous perdez 10 points.", "confirm": "w1", "points": 10}
REFERENCE = "123-456-789"


def counted(**counts: int) -> None:
    respx.get(MINE).respond(json={"counts": counts, "data": {}})


def choice(name: str) -> dict[str, Any]:
    return message("/my_data", "my_data", entities=[entity("data_choice", name, name)])


async def hear(
    dispatcher: CollectingDispatcher, domain: Any, latest: dict[str, Any], asked: str, **slots: Any
) -> dict[str, Any]:
    heard = tracker(latest, {"requested_slot": asked, **slots}, form="data_form")
    return slots_set(await ValidateDataForm().run(dispatcher, heard, domain))


async def submit(dispatcher: CollectingDispatcher, domain: Any, **slots: Any) -> list[Any]:
    return list(await SubmitData().run(dispatcher, tracker(DIGITS, slots), domain))


@respx.mock
async def test_what_is_kept_is_told_and_four_choices_follow(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    counted(reports=2, messages=5, photos=1)
    asked = tracker(message("que savez-vous de moi", "my_data"), form="report_form")
    events = await MyData().run(dispatcher, asked, domain)
    assert said() == ["utter_data_seen", "utter_put_aside"]
    assert dispatcher.messages[0]["what"] == "signalements : 2, messages : 5"
    assert events[-1]["name"] == "data_form"
    assert slots_set(events)["suspended_flow"] == "report_form"


@respx.mock
@pytest.mark.parametrize(
    ("level", "channel", "expected"),
    [("nobody", "web", "utter_data_none"), ("nobody", "sms", "utter_proof_why")],
)
async def test_who_is_nobody_here_and_who_has_a_number(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    level: str,
    channel: str,
    expected: str,
) -> None:
    respx.get(MINE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised(level))
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    latest = {**message("mes données", "my_data"), "metadata": {"turn": "t", "channel": channel}}
    await MyData().run(dispatcher, tracker(latest), domain)
    assert said() == [expected]


@respx.mock
async def test_what_was_wanted_outlives_the_proof(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    mine = respx.get(MINE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised())
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    latest = tracker(message("effacez toutes mes données", "my_data"))
    asked = slots_set(await MyData().run(dispatcher, latest, domain))
    mine.respond(json={"counts": {}, "data": {}})
    proved = {"proof_code": "proved", "proof_for": "data", "proof_with": asked["proof_with"]}
    events = await SubmitProof().run(dispatcher, tracker(DIGITS, proved), domain)
    assert slots_set(events)["data_act"] == "erase"


@respx.mock
async def test_an_erasure_is_warned_of_first_and_takes_its_own_words(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.get(f"{MINE}/erasure").respond(json=WARNING)
    warned = await hear(dispatcher, domain, choice("erase"), "data_act")
    assert dispatcher.messages[0]["text"] == WARNING["text"]
    assert (warned["data_warning"], warned["requested_slot"]) == ("w1", "data_confirmed")
    known = {"data_act": "erase", "data_warning": "w1"}
    for text, intent in (("oui", "affirm"), ("effacez", "my_data"), ("aide", "help")):
        heard = await hear(dispatcher, domain, message(text, intent), "data_confirmed", **known)
        assert heard["requested_slot"] == "data_confirmed"
        assert "data_confirmed" not in heard
    for latest in (
        choice("erase_all"),
        message("Oui, tout effacer", "cancel"),
    ):
        heard = await hear(dispatcher, domain, latest, "data_confirmed", **known)
        assert (heard["data_confirmed"], heard["requested_slot"]) == (True, None)
    no = await hear(dispatcher, domain, message("non", "deny"), "data_confirmed", **known)
    assert (no["data_confirmed"], no["requested_slot"]) == (False, None)


@respx.mock
async def test_erased_nothing_is_left_open(dispatcher: CollectingDispatcher, domain: Any) -> None:
    erased = respx.post(f"{MINE}/erasure").respond(json={"text": "C'est effacé."})
    known = {"data_act": "erase", "data_warning": "w1", "data_confirmed": True}
    events = await submit(dispatcher, domain, **known, suspended_flow="report_form")
    assert json.loads(erased.calls.last.request.content) == {"confirm": "w1"}
    assert dispatcher.messages[-1]["text"] == "C'est effacé."
    assert slots_set(events)["suspended_flow"] is None
    assert all(event["event"] == "slot" for event in events)


@respx.mock
@pytest.mark.parametrize(
    ("refusal", "opened", "text"),
    [
        (refused(409, "warning_changed"), "data_form", "utter_data_changed"),
        (refused(409, "recognition_needed"), "proof_form", "utter_proof_why"),
        (httpx.Response(503), None, "utter_service_away"),
    ],
)
async def test_an_erasure_that_does_not_happen(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    refusal: httpx.Response,
    opened: str | None,
    text: str,
) -> None:
    tried = respx.post(f"{MINE}/erasure").mock(return_value=refusal)
    respx.get(IDENTITY).respond(json=recognised("points"))
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    known = {"data_act": "erase", "data_warning": "w1", "data_confirmed": True}
    events = await submit(dispatcher, domain, **known)
    assert (said(), tried.call_count) == ([text], 1)
    assert [e["name"] for e in events if e["event"] == "followup"] == ([opened] if opened else [])


@respx.mock
async def test_a_copy_is_an_address(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.post(f"{MINE}/copies").respond(json={"url": "https://x.test/copie", "lasts_s": 3600})
    assert (await hear(dispatcher, domain, choice("take"), "data_act"))["requested_slot"] is None
    await submit(dispatcher, domain, data_act="take")
    assert said() == ["utter_data_copy", "utter_data_copy_address"]


@respx.mock
@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (httpx.Response(200, json={"corrected": "description"}), "utter_data_corrected"),
        (refused(409, "report_closed"), "utter_data_closed"),
        (refused(404, "report_unknown"), "utter_data_not_corrected"),
    ],
)
async def test_the_words_of_a_report_are_corrected(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, answer: httpx.Response, text: str
) -> None:
    put = respx.put(f"{MINE}/reports/{REFERENCE}/description").mock(return_value=answer)
    heard = await hear(dispatcher, domain, choice("correct"), "data_act")
    assert heard["requested_slot"] == "data_reference"
    told = message("123 456 789", "track_report")
    heard = await hear(dispatcher, domain, told, "data_reference", data_act="correct")
    assert heard["requested_slot"] == "data_text"
    known = {"data_act": "correct", "data_reference": "123 456 789"}
    words = message("c'est au numéro 14", "inform")
    assert (await hear(dispatcher, domain, words, "data_text", **known))["requested_slot"] is None
    await submit(dispatcher, domain, **known, data_text="c'est au numéro 14")
    assert said() == [text]
    assert json.loads(put.calls.last.request.content) == {"description": "c'est au numéro 14"}


async def test_given_up(dispatcher: CollectingDispatcher, domain: Any, said: Said) -> None:
    dropped = tracker(message("annuler", "cancel_flow"), {}, form="data_form")
    events = await Cancel().run(dispatcher, dropped, domain)
    assert slots_set(events).keys() >= set(DATA_SLOTS)
    stopped = await hear(dispatcher, domain, message("non", "deny"), "data_act")
    await submit(dispatcher, domain, data_act=stopped["data_act"])
    assert said() == ["utter_data_stopped", "utter_data_stopped"]
