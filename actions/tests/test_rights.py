"""No more messages, and a say in a consultation whose ballot stands in no conversation."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.proof import SubmitProof
from actions.rights import JoinConsultation, OptOut
from actions.tests.conftest import CONSOLE, CONVERSATION, message, tracker

Said = Callable[[], list[str]]
QUESTION = "3f6d1f0e-6f0a-4b6c-8f37-0f6e1c7c2a11"
OPEN = {"id": QUESTION, "title": "Un jardin rue Longue", "ends_at": "2026-12-31T23:30:00Z"}
NOBODY = {"level": "nobody", "ways": [], "is_shared": False}
LINKS = f"{CONSOLE}/api/v1/consultations/{QUESTION}/ballot-links"


@respx.mock
async def test_no_more_messages_is_kept_by_the_console(
    dispatcher: CollectingDispatcher, said: Said
) -> None:
    route = respx.put(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/opt-out").respond(
        json={"opted_out_at": "2026-11-28T10:00:00Z"}
    )
    await OptOut().run(dispatcher, tracker(message("arrêtez", "opt_out"), {}), {})
    assert route.call_count == 1
    assert said() == ["utter_opted_out"]


@respx.mock
async def test_nothing_is_promised_while_the_console_is_away(
    dispatcher: CollectingDispatcher, said: Said
) -> None:
    respx.put(f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/opt-out").respond(503)
    await OptOut().run(dispatcher, tracker(message("arrêtez", "opt_out"), {}), {})
    assert said() == ["utter_service_away"]


async def _join(dispatcher: CollectingDispatcher, **slots: Any) -> None:
    latest = message("je veux voter", "join_consultation")
    await JoinConsultation().run(dispatcher, tracker(latest, slots), {"responses": {}})


@respx.mock
async def test_who_proved_a_phone_gets_a_ballot_of_their_own(
    dispatcher: CollectingDispatcher, said: Said
) -> None:
    respx.get(f"{CONSOLE}/api/v1/consultations").respond(json=[OPEN])
    link = respx.post(LINKS).respond(201, json={"url": "https://x.test/b", "ends_at": "…"})
    await _join(dispatcher)
    assert said() == [
        "utter_consultations_open",
        "utter_consultation",
        "utter_consultation_vote",
    ]
    # 23.30 UTC on the last day of the year is the next year here.
    assert dispatcher.messages[1]["day"] == "vendredi 1 janvier"
    assert json.loads(link.calls.last.request.content)["conversation"] == CONVERSATION


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (403, "not_verified", "utter_consultation_read"),
        (409, "already_voted", "utter_consultation_voted"),
    ],
)
@respx.mock
async def test_why_there_is_no_ballot_is_said(
    dispatcher: CollectingDispatcher, said: Said, status: int, code: str, expected: str
) -> None:
    respx.get(f"{CONSOLE}/api/v1/consultations").respond(json=[OPEN])
    respx.post(LINKS).mock(return_value=httpx.Response(status, json={"code": code}))
    respx.get(f"{CONSOLE}/api/v1/identity/{CONVERSATION}").respond(json=NOBODY)
    await _join(dispatcher)
    assert said()[-1] == expected


@respx.mock
async def test_who_is_known_by_a_number_proves_it_and_then_votes(
    dispatcher: CollectingDispatcher, said: Said
) -> None:
    identity = f"{CONSOLE}/api/v1/identity/{CONVERSATION}"
    respx.get(f"{CONSOLE}/api/v1/consultations").respond(json=[OPEN])
    link = respx.post(LINKS).mock(return_value=httpx.Response(403, json={"code": "not_verified"}))
    respx.get(identity).respond(json={**NOBODY, "level": "cases", "ways": ["code"]})
    respx.post(f"{identity}/codes").respond(202, json={"code_id": "c"})
    latest = message("je veux voter", "join_consultation")
    empty: dict[str, Any] = {"responses": {}}
    events = await JoinConsultation().run(dispatcher, tracker(latest), empty)
    assert (events[-1]["name"], said()) == ("proof_form", ["utter_proof_why"])
    link.mock(return_value=httpx.Response(201, json={"url": "https://x.test/b", "ends_at": "…"}))
    proved = {"proof_code": "proved", "proof_for": "consultation"}
    await SubmitProof().run(dispatcher, tracker(latest, proved), empty)
    assert said()[-1] == "utter_consultation_vote"


@respx.mock
async def test_nothing_open_is_said(dispatcher: CollectingDispatcher, said: Said) -> None:
    asked = respx.get(f"{CONSOLE}/api/v1/consultations").respond(json=[])
    await _join(dispatcher, locale="en")
    assert said() == ["utter_consultations_none"]
    assert asked.calls.last.request.url.params["locale"] == "en"
