"""A confirmed report reaches the console once, and refusals become questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.http import ServiceRefused, ServiceUnavailable
from actions.reports import REPORT_SLOTS, ReportFeedback, SendKeptReports, SubmitReport
from actions.tests.conftest import CONSOLE, CONVERSATION, TURN, message, slots_set, tracker

FILLED = {
    "report_category": "pothole",
    "report_address": "12 rue Paradis",
    "report_commune": "Marseille",
    "report_description": "un trou",
    "report_confirmed": True,
}
CREATED = {
    "reference": "MP-000042",
    "category_label": "Trou dans la chaussée",
    "service_label": "Voirie",
    "target_hours": 72,
    "clock": "working",
    "points": 10,
}
BODY = {
    "conversation": CONVERSATION,
    "category": "pothole",
    "address": "12 rue Paradis",
    "place": "",
    "commune": "Marseille",
    "description": "un trou",
}
YES = message("oui", "affirm")
OPENED_IN = "7d1c0a52-3a43-4a51-9c6e-2f5b8f0f6a11"


def _turn(turn: str, text: str) -> dict[str, Any]:
    return {"event": "user", "text": text, "metadata": {"turn": turn}}


def _loop(name: str | None) -> dict[str, Any]:
    return {"event": "active_loop", "name": name}


def confirmed(
    earlier: Sequence[dict[str, Any]] = (), *, opened_in: str = OPENED_IN, said_in: str = TURN
) -> Tracker:
    """A conversation in which a complete report was just confirmed."""
    events = [
        *earlier,
        _turn(opened_in, "un trou"),
        _loop("report_form"),
        _turn(said_in, "oui"),
        _loop(None),
    ]
    return tracker(YES, FILLED, events=events)


@respx.mock
async def test_a_report_is_sent_with_the_drafts_key(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    events = await SubmitReport().run(dispatcher, confirmed(), domain)
    request = route.calls.last.request
    assert request.headers["Idempotency-Key"] == f"{OPENED_IN}:report"
    assert request.headers["Authorization"] == "Bearer console-token"
    assert json.loads(request.content) == {
        "conversation": CONVERSATION,
        "category": "pothole",
        "address": "12 rue Paradis",
        "place": "",
        "commune": "Marseille",
        "description": "un trou",
    }
    assert said() == ["utter_report_created", "utter_report_points"]
    assert dispatcher.messages[0]["reference"] == "MP-000042"
    assert dispatcher.messages[0]["delay"] == "3 jours ouvrés"
    assert dispatcher.messages[1]["points"] == "10 points"
    kept = slots_set(events)
    assert kept.pop("last_report_reference") == "MP-000042"
    assert kept.pop("last_act") == {"kind": "report", "reference": "MP-000042"}
    assert kept == dict.fromkeys((*REPORT_SLOTS, "undo_slots"))


@respx.mock
async def test_no_points_are_promised_where_there_are_none(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json={**CREATED, "points": 0})
    await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said() == ["utter_report_created"]


@respx.mock
@pytest.mark.parametrize(
    ("code", "response", "asked_again"),
    [
        ("commune_unknown", "utter_commune_unknown", "report_commune"),
        ("outside_territory", "utter_outside_territory", "report_commune"),
        ("place_missing", "utter_place_missing", "report_location"),
        ("category_unknown", "utter_ask_report_category_again", "report_category"),
    ],
)
async def test_a_refusal_becomes_a_question(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Callable[[], list[str]],
    code: str,
    response: str,
    asked_again: str,
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(422, json={"code": code})
    events = await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said() == [response]
    cleared = slots_set(events)
    assert {asked_again, "report_confirmed"} <= cleared.keys()
    assert set(cleared.values()) == {None}
    assert {"event": "followup", "name": "report_form", "timestamp": None} in events


@respx.mock
async def test_a_draft_has_one_key_and_the_next_draft_another(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    earlier = [_turn("turn-of-another", "des rats"), _loop("report_form"), _loop(None)]
    for conversation in (
        confirmed(earlier, said_in="turn-given-up"),
        confirmed(earlier, said_in="turn-after-it"),
        confirmed(earlier, opened_in="turn-of-the-next"),
    ):
        await SubmitReport().run(dispatcher, conversation, domain)
    assert [call.request.headers["Idempotency-Key"] for call in route.calls] == [
        f"{OPENED_IN}:report",
        f"{OPENED_IN}:report",
        "turn-of-the-next:report",
    ]


@respx.mock
async def test_a_draft_that_was_stored_before_its_last_change_gets_its_reference(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(
        409, json={"code": "idempotency_conflict", "fields": {"reference": "MP-000042"}}
    )
    events = await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said() == ["utter_report_already_stored"]
    assert dispatcher.messages[0]["reference"] == "MP-000042"
    kept = slots_set(events)
    assert kept.pop("last_report_reference") == "MP-000042"
    assert kept.pop("last_act") == {"kind": "report", "reference": "MP-000042"}
    assert kept == dict.fromkeys((*REPORT_SLOTS, "undo_slots"))


@respx.mock
@pytest.mark.parametrize(
    ("status", "problem"),
    [
        (404, {"code": "conversation_unknown"}),
        (409, {"code": "idempotency_conflict", "fields": None}),
        (422, "not a problem"),
    ],
)
async def test_a_refusal_nobody_can_act_on_fails(
    dispatcher: CollectingDispatcher, domain: Any, status: int, problem: Any
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(status, json=problem)
    with pytest.raises(ServiceRefused):
        await SubmitReport().run(dispatcher, confirmed(), domain)
    assert not dispatcher.messages


@respx.mock
async def test_retries_repeat_the_key_and_then_the_report_is_kept(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/reports")
    route.side_effect = [httpx.ConnectError("down"), httpx.Response(503), httpx.ReadTimeout("slow")]
    events = await SubmitReport().run(dispatcher, confirmed(), domain)
    keys = {call.request.headers["Idempotency-Key"] for call in route.calls}
    assert route.call_count == 3
    assert keys == {f"{OPENED_IN}:report"}
    assert said() == ["utter_report_kept"]
    slots = slots_set(events)
    (kept,) = slots["kept_reports"]
    assert kept["key"] == f"{OPENED_IN}:report"
    assert kept["body"]["address"] == "12 rue Paradis"
    assert slots["report_category"] is None


@respx.mock
async def test_what_was_kept_is_sent_once_and_told(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    kept = {"key": "k:report", "label": "trou", "body": {**BODY, "conversation": CONVERSATION}}
    route = respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    told = respx.post(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/notices")
    told.respond(202, json={"cause": "kept:k:report"})
    waiting = tracker(YES, {"kept_reports": [kept]})
    events = await SendKeptReports().run(dispatcher, waiting, domain)
    assert route.calls.last.request.headers["Idempotency-Key"] == "k:report"
    notice = json.loads(told.calls.last.request.content)
    assert notice["cause"] == "kept:k:report"
    assert "MP-000042" in notice["text"]
    assert slots_set(events) == {"kept_reports": None, "last_report_reference": "MP-000042"}
    assert not dispatcher.messages


@respx.mock
async def test_what_was_kept_waits_while_the_console_is_away(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    kept = {"key": "k:report", "label": "trou", "body": BODY}
    respx.post(f"{CONSOLE}/api/v1/reports").respond(503)
    with pytest.raises(ServiceUnavailable):
        await SendKeptReports().run(dispatcher, tracker(YES, {"kept_reports": [kept]}), domain)


@respx.mock
async def test_a_kept_report_that_is_refused_is_told_too(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    kept = {"key": "k:report", "label": "trou", "body": BODY}
    respx.post(f"{CONSOLE}/api/v1/reports").respond(422, json={"code": "commune_unknown"})
    told = respx.post(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/notices")
    told.respond(202, json={"cause": "x"})
    events = await SendKeptReports().run(dispatcher, tracker(YES, {"kept_reports": [kept]}), domain)
    assert "trou" in json.loads(told.calls.last.request.content)["text"]
    assert slots_set(events) == {"kept_reports": None}


@respx.mock
async def test_the_same_problem_is_followed_instead(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/reports/123-456-789/support").respond(
        json={"reference": "123-456-789", "people": 4, "may_earn": False}
    )
    slots = {**FILLED, "report_same": "yes", "report_similar": {"reference": "123-456-789"}}
    same = tracker(YES, slots, events=confirmed().events)
    events = await SubmitReport().run(dispatcher, same, domain)
    assert route.calls.last.request.headers["Idempotency-Key"] == f"{OPENED_IN}:support"
    assert said() == ["utter_report_followed"]
    assert dispatcher.messages[0]["people"] == "4 personnes"
    assert slots_set(events)["last_act"] == {"kind": "support", "reference": "123-456-789"}


@respx.mock
@pytest.mark.parametrize(
    ("solved", "status", "response"),
    [
        ("yes", 200, "utter_feedback_solved"),
        ("no", 200, "utter_feedback_reopened"),
        ("no", 409, "utter_feedback_too_late"),
        ("yes", 404, "utter_feedback_unknown"),
    ],
)
async def test_the_answer_to_is_it_solved(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Callable[[], list[str]],
    solved: str,
    status: int,
    response: str,
) -> None:
    body = {"reference": "123-456-789", "code": "refused"}
    route = respx.post(f"{CONSOLE}/api/v1/reports/123-456-789/feedback")
    route.respond(status, json=body)
    found = [
        {"entity": "reference", "value": "123-456-789"},
        {"entity": "solved", "value": solved},
    ]
    answer = tracker(message("…", "report_feedback", entities=found))
    await ReportFeedback().run(dispatcher, answer, domain)
    assert json.loads(route.calls.last.request.content)["is_solved"] is (solved == "yes")
    assert said() == [response]


@respx.mock
async def test_a_passing_failure_is_not_noticed(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    route = respx.post(f"{CONSOLE}/api/v1/reports")
    route.side_effect = [httpx.Response(502), httpx.Response(201, json=CREATED)]
    await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said()[0] == "utter_report_created"


@pytest.mark.parametrize(
    "events",
    [
        [{"event": "user", "text": "un trou"}, _loop("report_form"), _turn(TURN, "oui")],
        [_turn(OPENED_IN, "un trou"), _turn(TURN, "oui")],
    ],
    ids=["opened by a message that came another way", "never opened"],
)
async def test_a_draft_without_a_turn_cannot_be_sent(
    dispatcher: CollectingDispatcher, domain: Any, events: list[dict[str, Any]]
) -> None:
    with pytest.raises(LookupError):
        await SubmitReport().run(dispatcher, tracker(YES, FILLED, events=events), domain)
