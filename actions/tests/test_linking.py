"""Linking a phone: a number, its code, one person; in no slot stands a number or a code."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import respx
from rasa_sdk.executor import CollectingDispatcher

from actions.linking import LINK_SLOTS, AskLinkCode, LinkAccount, SubmitLink, ValidateLinkForm
from actions.proof import SubmitProof
from actions.tests.conftest import entity, message, slots_set, tracker
from actions.tests.test_proof import CODE_ID, DIGITS, IDENTITY, recognised, refused

Said = Callable[[], list[str]]
NUMBER = "+33639980178"
PHONE = message("/give_phone", "give_phone", entities=[entity("phone", NUMBER, NUMBER)])
WISH = message("relier mon compte", "link_account")
LINKS = f"{IDENTITY}/links"


async def hear(
    dispatcher: CollectingDispatcher,
    domain: Any,
    latest: dict[str, Any],
    asked: str = "link_phone",
    **slots: Any,
) -> dict[str, Any]:
    heard = tracker(latest, {"requested_slot": asked, **slots}, form="link_form")
    return slots_set(await ValidateLinkForm().run(dispatcher, heard, domain))


async def open_with(
    dispatcher: CollectingDispatcher, domain: Any, latest: dict[str, Any], **more: Any
) -> list[Any]:
    return list(await LinkAccount().run(dispatcher, tracker(latest, **more), domain))


@respx.mock
async def test_a_newcomer_on_the_site_is_asked_for_a_number(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    respx.get(IDENTITY).respond(json=recognised("nobody"))
    events = await open_with(dispatcher, domain, WISH)
    assert events[-1]["name"] == "link_form"
    assert said() == []


@respx.mock
@pytest.mark.parametrize(("level", "channel"), [("cases", "web"), ("nobody", "sms")])
async def test_who_is_known_by_a_number_proves_it_first(
    dispatcher: CollectingDispatcher, domain: Any, level: str, channel: str
) -> None:
    respx.get(IDENTITY).respond(json=recognised(level))
    respx.post(f"{IDENTITY}/codes").respond(202, json={"code_id": CODE_ID})
    latest = {**WISH, "metadata": {"turn": "t", "channel": channel}}
    events = await open_with(dispatcher, domain, latest)
    assert (events[-1]["name"], slots_set(events)["proof_for"]) == ("proof_form", "link")
    proved = tracker(DIGITS, {"proof_code": "proved", "proof_for": "link"})
    then = await SubmitProof().run(dispatcher, proved, domain)
    assert then[-1]["name"] == "link_form"


@respx.mock
async def test_a_number_gets_a_code_and_only_its_end_is_kept(
    dispatcher: CollectingDispatcher, domain: Any, said: Said
) -> None:
    started = respx.post(LINKS).respond(202, json={"code_id": CODE_ID})
    changed = await hear(dispatcher, domain, PHONE)
    assert (changed["link_code_id"], changed["link_end"]) == (CODE_ID, "78")
    assert changed["requested_slot"] == "link_code"
    assert "3998" not in json.dumps(changed)
    assert json.loads(started.calls.last.request.content) == {"phone": NUMBER}
    await AskLinkCode().run(dispatcher, tracker(PHONE, changed), domain)
    assert dispatcher.messages[-1]["end"] == "78"


@respx.mock
@pytest.mark.parametrize(
    ("refusal", "text", "asked"),
    [
        (refused(422, "phone_invalid"), "utter_phone_invalid", "link_phone"),
        (refused(422, "phone_not_callable"), "utter_phone_not_callable", "link_phone"),
        (refused(409, "code_undeliverable"), "utter_code_undeliverable", None),
        (refused(409, "recognition_needed"), "utter_proof_too_old", None),
        (httpx.Response(503), "utter_service_away", None),
    ],
)
async def test_a_number_that_gets_no_code(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    refusal: httpx.Response,
    text: str,
    asked: str | None,
) -> None:
    respx.post(LINKS).mock(return_value=refusal)
    changed = await hear(dispatcher, domain, PHONE)
    assert said() == [text]
    assert changed["requested_slot"] == asked


@respx.mock
@pytest.mark.parametrize("outcome", ["linked", "merged", "already"])
async def test_the_code_links(
    dispatcher: CollectingDispatcher, domain: Any, said: Said, outcome: str
) -> None:
    respx.post(f"{LINKS}/confirm").respond(json=recognised("spending") | {"outcome": outcome})
    changed = await hear(dispatcher, domain, DIGITS, "link_code", link_code_id=CODE_ID)
    assert (changed["requested_slot"], said()) == (None, [f"utter_link_{outcome}"])
    done = tracker(DIGITS, changed | {"suspended_flow": "pickup_form"})
    events = await SubmitLink().run(dispatcher, done, domain)
    assert events[-1]["name"] == "pickup_form"
    assert slots_set(events).keys() >= set(LINK_SLOTS)


@respx.mock
@pytest.mark.parametrize(
    ("refusal", "text", "asked"),
    [
        (refused(409, "code_wrong", attempts_left="4"), "utter_code_wrong", "link_code"),
        (refused(409, "code_ended"), "utter_code_ended", "link_phone"),
        (refused(409, "link_conflict"), "utter_link_conflict", None),
        (httpx.Response(503), "utter_service_away", "link_code"),
    ],
)
async def test_a_code_that_links_nothing(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    refusal: httpx.Response,
    text: str,
    asked: str | None,
) -> None:
    respx.post(f"{LINKS}/confirm").mock(return_value=refusal)
    changed = await hear(dispatcher, domain, DIGITS, "link_code", link_code_id=CODE_ID)
    assert (said(), changed["requested_slot"]) == ([text], asked)


@respx.mock
async def test_another_code_asks_for_the_number_again_and_help_is_a_digression(
    dispatcher: CollectingDispatcher, domain: Any
) -> None:
    known = {"link_code_id": CODE_ID, "link_end": "78"}
    new = await hear(dispatcher, domain, message("/new_code", "new_code"), "link_code", **known)
    assert (new["link_code_id"], new["requested_slot"]) == (None, "link_phone")
    helped = await hear(dispatcher, domain, message("aide", "help"), "link_code", **known)
    assert helped == {"requested_slot": "link_code"}


@respx.mock
@pytest.mark.parametrize(
    ("answer", "slots", "texts"),
    [
        ({"outcome": "linked", "code_id": None}, {"link_done": "linked"}, ["utter_link_linked"]),
        ({"outcome": None, "code_id": CODE_ID}, {"link_code_id": CODE_ID}, []),
    ],
)
async def test_telegrams_own_number_is_linked_or_gets_a_code(
    dispatcher: CollectingDispatcher,
    domain: Any,
    said: Said,
    answer: dict[str, Any],
    slots: dict[str, Any],
    texts: list[str],
) -> None:
    respx.get(IDENTITY).respond(json=recognised("spending"))
    respx.post(f"{LINKS}/vouched").respond(202, json=answer)
    shared = message(
        "/link_account", "link_account", entities=[entity("shared_phone", "yes", "yes")]
    )
    events = await open_with(dispatcher, domain, shared, form="report_form")
    assert slots.items() <= slots_set(events).items()
    assert slots_set(events)["suspended_flow"] == "report_form"
    assert said() == [*texts, "utter_put_aside"]
