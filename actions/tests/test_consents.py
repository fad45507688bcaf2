"""Points or none: asked once, after the reference, and never in the way of the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions import consents
from actions.consents import KeepConsent
from actions.reports import SubmitReport
from actions.tests.conftest import CONSOLE, CONVERSATION, TURN, message, tracker
from actions.tests.test_reports import CREATED, confirmed
from actions.wallet import TellBalance

PATH = f"{CONSOLE}/api/v1/identity/{CONVERSATION}/consent"
QUESTION = {
    "wish": "asked",
    "is_due": True,
    "question": "Points ?",
    "yes": "Oui, j’ai 15 ans ou plus",
    "no": "Non, pas de points",
}


@pytest.fixture(autouse=True)
def _asked(nobody_is_asked: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("reports", "wallet"):
        monkeypatch.setattr(f"actions.{module}.points_question", consents.points_question)


@respx.mock
async def test_the_question_follows_the_reference(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    asked = respx.post(f"{PATH}/question").respond(json=QUESTION)
    await SubmitReport().run(dispatcher, confirmed(), domain)
    created, points, question = dispatcher.messages
    assert (created["response"], points["response"]) == (
        "utter_report_created",
        "utter_report_points",
    )
    assert question["text"] == "Points ?"
    assert [button["payload"] for button in question["buttons"]] == [
        QUESTION["yes"],
        QUESTION["no"],
    ]
    assert asked.calls.last.request.headers["Idempotency-Key"].endswith(":points")


@respx.mock
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, json={**QUESTION, "wish": "agreed", "is_due": False}),
        httpx.Response(503, json={"code": "unavailable"}),
        httpx.Response(404, json={"code": "conversation_unknown"}),
    ],
)
async def test_the_report_never_waits_for_it(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Callable[[], list[str]],
    answer: httpx.Response,
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    respx.post(f"{PATH}/question").mock(return_value=answer)
    await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said() == ["utter_report_created", "utter_report_points"]


@respx.mock
async def test_who_said_no_hears_of_no_points(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    respx.post(f"{CONSOLE}/api/v1/reports").respond(201, json=CREATED)
    known = {**QUESTION, "wish": "refused", "is_due": False}
    respx.post(f"{PATH}/question").respond(json=known)
    await SubmitReport().run(dispatcher, confirmed(), domain)
    assert said() == ["utter_report_created"]


@respx.mock
async def test_who_asks_for_points_without_having_any_is_asked(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    respx.get(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet").respond(
        json={"wallet_id": None, "locale": "fr"}
    )
    respx.post(f"{PATH}/question").respond(json={**QUESTION, "is_due": False})
    asked = tracker(message("mon solde", "check_balance"))
    await TellBalance().run(dispatcher, asked, domain)
    assert dispatcher.messages[-1]["text"] == "Points ?"


@respx.mock
@pytest.mark.parametrize(
    ("points_wish", "answer", "wish"),
    [("yes", "yes", "agreed"), ("no", "no", "refused"), ("no", "no", "withdrawn")],
)
async def test_the_answer_is_kept_with_the_turns_key(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Callable[[], list[str]],
    points_wish: str,
    answer: str,
    wish: str,
) -> None:
    route = respx.put(PATH).respond(json={**QUESTION, "wish": wish})
    latest = message("/wallet_consent", "wallet_consent")
    latest["entities"] = [{"entity": "points_wish", "value": points_wish}]
    latest["metadata"] = {"turn": TURN}
    await KeepConsent().run(dispatcher, tracker(latest), domain)
    assert json.loads(route.calls.last.request.content) == {"answer": answer}
    assert route.calls.last.request.headers["Idempotency-Key"] == f"{TURN}:points"
    assert said() == [f"utter_points_{wish}"]


@respx.mock
async def test_with_the_console_away_that_is_said(
    dispatcher: CollectingDispatcher, domain: Any, said: Callable[[], list[str]]
) -> None:
    respx.put(PATH).respond(503, json={"code": "unavailable"})
    latest = message("/wallet_consent", "wallet_consent")
    await KeepConsent().run(dispatcher, tracker(latest), domain)
    assert said() == ["utter_service_away"]
