"""A code or a PIN first, then what was asked for, in the same turn; no slot holds the digits."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.proof import PROOF_SLOTS, AskProofCode, SubmitProof, ValidateProofForm
from actions.rewards import SubmitRedeem
from actions.social import Cancel
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
from actions.wallet import TellBalance, TellHistory

Said = Callable[[], list[str]]
IDENTITY = f"{CONSOLE}/api/v1/identity/{CONVERSATION}"
PURSE = f"{CONSOLE}/api/v1/conversations/{CONVERSATION}/wallet"
CODE_ID = "1f0e6b0a-5a0e-4f0c-9e53-2b6f3c1d7a10"
DIGITS = message("/give_code", "give_code", entities=[entity("code", "123456", "123456")])
ASKED = {"requested_slot": "proof_code", "proof_code_id": CODE_ID, "proof_ways": ["code"]}


def refused(status: int, code: str, **fields: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "fields": fields})


def recognised(level: str = "cases", *ways: str) -> dict[str, Any]:
    return {"level": level, "ways": list(ways or ("code",)), "is_shared": False}


async def hear(
    dispatcher: CollectingDispatcher, domain: Any, latest: dict[str, Any], **slots: Any
) -> dict[str, Any]:
    heard = tracker(latest, ASKED | slots, form="proof_form")
    return slots_set(await ValidateProofForm().run(dispatcher, heard, domain))


@respx.mock
@pytest.mark.parametrize("action", [TellBalance(), TellHistory()])
async def test_points_ask_for_a_code_that_is_sent_once_a_turn(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, action: Any
) -> None:
    respx.get(PURSE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised())
    started = respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    events = await action.run(dispatcher, tracker(message("mon solde", "check_balance")), domain)
    assert said() == ["utter_proof_why"]
    assert slots_set(events)["proof_code_id"] == CODE_ID
    assert events[-1]["name"] == "proof_form"
    assert started.calls.last.request.headers["Idempotency-Key"] == f"{TURN}:proof"


@respx.mock
async def test_whoever_has_a_pin_is_asked_for_it_in_the_middle_of_a_report(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.get(PURSE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised("cases", "code", "pin"))
    asked = tracker(message("mon solde", "check_balance"), form="report_form")
    events = await TellBalance().run(dispatcher, asked, domain)
    assert slots_set(events)["suspended_flow"] == "report_form"
    assert slots_set(events)["proof_code_id"] is None
    await AskProofCode().run(dispatcher, tracker(DIGITS, slots_set(events)), domain)
    assert said() == ["utter_proof_why", "utter_put_aside", "utter_ask_pin"]


@respx.mock
@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (429, {"code": "codes_limited", "fields": {"retry_after_s": "61"}}, "codes_limited"),
        (409, {"code": "code_undeliverable"}, "code_undeliverable"),
        (503, {}, "service_away"),
    ],
)
async def test_no_code_can_be_sent(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    status: int,
    body: dict[str, Any],
    expected: str,
) -> None:
    respx.get(PURSE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised())
    respx.post(f"{IDENTITY}/codes").respond(status, json=body)
    latest = tracker(message("mon solde", "check_balance"))
    assert await TellBalance().run(dispatcher, latest, domain) == []
    assert said() == [f"utter_{expected}"]


@respx.mock
async def test_the_right_digits_end_the_question_and_stand_in_no_slot(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    confirmed = respx.post(f"{IDENTITY}/codes/confirm").respond(json=recognised("spending"))
    changed = await hear(dispatcher, domain, DIGITS)
    assert (changed["proof_code"], changed["requested_slot"]) == ("proved", None)
    assert json.loads(confirmed.calls.last.request.content) == {
        "code_id": CODE_ID,
        "code": "123456",
    }
    assert "123456" not in json.dumps(changed)


@respx.mock
@pytest.mark.parametrize(
    ("refusal", "level", "expected", "texts"),
    [
        (refused(409, "code_wrong", attempts_left="1"), "cases", {}, ["utter_code_wrong"]),
        (refused(409, "code_ended"), "cases", {"proof_code_id": None}, ["utter_code_ended"]),
        # It was right and the answer got lost.
        (refused(409, "code_ended"), "spending", {"proof_code": "proved"}, []),
        (
            refused(409, "speaker_unclear"),
            "cases",
            {"proof_code": "stopped"},
            ["utter_speaker_unclear"],
        ),
    ],
)
async def test_other_digits(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    refusal: httpx.Response,
    level: str,
    expected: dict[str, Any],
    texts: list[str],
) -> None:
    respx.post(f"{IDENTITY}/codes/confirm").mock(return_value=refusal)
    respx.get(IDENTITY).respond(json=recognised(level))
    changed = await hear(dispatcher, domain, DIGITS)
    assert expected.items() <= changed.items()
    assert said() == texts
    is_over = "proof_code" in expected
    assert changed["requested_slot"] == (None if is_over else "proof_code")


@respx.mock
async def test_a_pin_is_tried_once_and_a_locked_one_leaves_the_code(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    pin = message("/give_code", "give_code", entities=[entity("code", "2580", "2580")])
    tried = respx.post(f"{IDENTITY}/pin/check").mock(return_value=httpx.Response(503))
    changed = await hear(dispatcher, domain, pin, proof_ways=["code", "pin"], proof_code_id=None)
    assert tried.call_count == 1  # every call counts as a try
    tried.mock(return_value=refused(409, "pin_locked"))
    changed = await hear(dispatcher, domain, pin, proof_ways=["code", "pin"], proof_code_id=None)
    assert changed["proof_ways"] == ["code"]
    assert said() == ["utter_service_away", "utter_pin_locked"]


@respx.mock
@pytest.mark.parametrize("text", ["envoyez-moi un autre code", "j'ai pas reçu", "send a new code"])
async def test_a_new_code_is_sent_on_request(
    dispatcher: CollectingDispatcher, domain: Any, text: str
) -> None:
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": "other"})
    changed = await hear(dispatcher, domain, message(text, "out_of_scope"))
    assert changed["proof_code_id"] == "other"


async def test_anything_else_is_left_to_its_rule_and_no_stops(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    help_asked = await hear(dispatcher, domain, message("aide", "help"))
    assert help_asked == {"requested_slot": "proof_code"}
    assert (await hear(dispatcher, domain, message("non", "deny")))["proof_code"] == "stopped"
    dropped = tracker(message("annuler", "cancel_flow"), ASKED, form="proof_form")
    events = await Cancel().run(dispatcher, dropped, domain)
    assert set(PROOF_SLOTS) <= set(slots_set(events))


def _proved(name: str, needed_for: Any = None, **slots: Any) -> Tracker:
    known = {"proof_code": "proved", "proof_for": name, "proof_with": needed_for}
    return tracker(DIGITS, known | slots)


@respx.mock
async def test_the_balance_is_told_then_the_report_goes_on(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.get(PURSE).respond(json={"wallet_id": None, "locale": "fr"})
    proved = _proved("balance", suspended_flow="report_form")
    events = await SubmitProof().run(dispatcher, proved, domain)
    assert said() == ["utter_no_wallet", "utter_back_to"]
    assert events[-1]["name"] == "report_form"
    assert slots_set(events)["proof_for"] is None


async def test_given_up_nothing_is_told(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    given_up = tracker(DIGITS, {"proof_code": "stopped", "proof_for": "balance"})
    await SubmitProof().run(dispatcher, given_up, domain)
    assert said() == ["utter_proof_stopped"]


@respx.mock
async def test_a_voucher_keeps_its_key_over_the_proof(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    opened = "7d1c0a52-3a43-4a51-9c6e-2f5b8f0f6a11"
    offer = {"id": "o1", "title": "Piscine", "points": 10, "communes": []}
    events: list[dict[str, Any]] = [
        {"event": "user", "text": "…", "metadata": {"turn": opened}},
        {"event": "active_loop", "name": "redeem_form"},
        {"event": "user", "text": "oui", "metadata": {"turn": TURN}},
    ]
    purse = respx.get(PURSE).mock(return_value=refused(403, "recognition_needed"))
    respx.get(IDENTITY).respond(json=recognised())
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    slots = {"redeem_offer": offer, "redeem_confirmed": True}
    confirmed = tracker(message("oui", "affirm"), slots, events=events)
    asked = slots_set(await SubmitRedeem().run(dispatcher, confirmed, domain))
    assert purse.calls.last.request.url.params["level"] == "spending"
    assert asked["redeem_confirmed"] is None  # nothing half confirmed is left behind

    purse.respond(json={"wallet_id": "w1", "locale": "fr"})
    made = {
        "id": "r1",
        "voucher_code": "ABC",
        "offer": {"partner_name": "Piscine"},
        "expires_at": "2026-12-31T00:00:00Z",
    }
    redeemed = respx.post(f"{WALLET}/v1/redemptions").respond(201, json=made)
    done = await SubmitProof().run(dispatcher, _proved("redeem", asked["proof_with"]), domain)
    assert redeemed.calls.last.request.headers["Idempotency-Key"] == f"{opened}:redeem"
    assert said()[:2] == ["utter_proof_why", "utter_redeemed"]
    assert slots_set(done)["last_act"]["id"] == "r1"
