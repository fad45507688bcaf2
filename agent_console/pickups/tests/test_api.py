"""The internal API: what actions ask, and every refusal with its stable code."""

import json
import os
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message
from agent_console.pickups.models import Booking, Slot

pytestmark = pytest.mark.django_db
API = "/api/v1/pickups"
Call = Callable[..., Any]


@pytest.fixture
def call(client: Client) -> Call:
    """Call the API as the actions do; returns the response."""

    def make(method: str, path: str, body: Any = None, **headers: str) -> Any:
        given = {
            "Authorization": f"Bearer {os.environ['CONSOLE_API_TOKEN_ACTIONS']}",
            "Idempotency-Key": f"turn:{uuid.uuid4()}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return client.generic(
            method,
            f"{API}{path}",
            json.dumps(body) if body is not None else "",
            content_type="application/json",
            headers=given,
        )

    return make


@pytest.fixture
def booking_body(slot: Slot, conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation": str(conversation.id),
        "insee": "13001",
        "address": "12 cours Mirabeau",
        "items": [{"code": "sofa", "count": 1}],
        "slot": slot.pk,
    }


@pytest.fixture
def booked(call: Call, booking_body: dict[str, Any]) -> dict[str, Any]:
    answer = call("POST", "", booking_body)
    assert answer.status_code == 201, answer.content
    made: dict[str, Any] = answer.json()
    return made


def test_objects_are_looked_up_with_alternatives(call: Call, pickups: None) -> None:
    text = "2 canapés, 4 pneus et un fauteille roulant"
    body = call("POST", "/items", {"text": text}).json()
    sofa, tyre, unknown = body["items"]
    assert (sofa["status"], sofa["count"], sofa["item"]["litres"]) == ("accepted", 2, 1200)
    assert tyre["status"] == "forbidden"
    assert "garage" in tyre["instead"]
    assert unknown["status"] == "unknown"
    assert (body["objects"], body["litres"]) == (2, 2400)
    english = call("POST", "/items", {"text": "a sofa", "locale": "en"}).json()
    assert english["items"][0]["item"]["label"] == "Sofa"


def test_rules_of_a_place_or_the_right_number(call: Call, pickups: None) -> None:
    aix = call("POST", "/rules", {"place": "12 cours Mirabeau, Aix-en-Provence"}).json()
    assert aix["served"] is True
    assert aix["rule"]["max_objects"] == 8
    assert aix["is_confirmed"] is False
    gardanne = call("POST", "/rules", {"insee": "13041"}).json()
    assert gardanne["served"] is False
    assert gardanne["operator_phone"] == "04 42 91 49 00"
    assert gardanne["rule"] is None
    for body, code in [
        ({"place": "Lyon"}, "commune_unknown"),
        ({"place": "Marseille"}, "arrondissement_needed"),
        ({"insee": "69123"}, "commune_unknown"),
    ]:
        refused = call("POST", "/rules", body)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
        assert refused["Content-Type"] == "application/problem+json"


def test_free_slots_are_tagged(call: Call, slot: Slot) -> None:
    first = call("GET", "/slots?insee=13001&objects=3")
    assert first.status_code == 200, first.content
    [free] = first.json()["slots"]
    assert free["id"] == slot.pk
    assert "le matin" in free["label"]
    again = call("GET", "/slots?insee=13001&objects=3", If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    Slot.objects.update(is_open=False)
    changed = call("GET", "/slots?insee=13001&objects=3", If_None_Match=first["ETag"])
    assert changed.json() == {"slots": []}
    elsewhere = call("GET", "/slots?insee=13041")
    assert elsewhere.json()["code"] == "served_by_another_operator"


def test_a_booking_is_made_once_per_key(
    call: Call, booking_body: dict[str, Any], slot: Slot
) -> None:
    answers = [call("POST", "", booking_body, Idempotency_Key="turn:0001:1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["reference"].startswith("9")
    assert Booking.objects.count() == 1
    other = {**booking_body, "address": "13 cours Mirabeau"}
    conflict = call("POST", "", other, Idempotency_Key="turn:0001:1")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"items": [{"code": "tyre"}]}, 422, "item_forbidden"),
        ({"items": [{"code": "nothing"}]}, 422, "item_unknown"),
        ({"items": [{"code": "chair", "count": 9}]}, 422, "too_many_objects"),
        ({"items": [{"code": "chair", "count": "2"}]}, 422, "invalid_request"),
        ({"items": []}, 422, "invalid_request"),
        ({"slot": 2_000_000_000}, 422, "slot_unknown"),
        ({"insee": "13041"}, 422, "served_by_another_operator"),
        ({"address": ""}, 422, "address_missing"),
        ({"conversation": str(uuid.uuid4())}, 404, "conversation_unknown"),
        ({"more": 1}, 422, "invalid_request"),
    ],
)
def test_refusals_have_stable_codes(
    call: Call, booking_body: dict[str, Any], change: dict[str, Any], status: int, code: str
) -> None:
    answer = call("POST", "", {**booking_body, **change})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Booking.objects.exists()


def test_a_full_slot_is_a_conflict(call: Call, booking_body: dict[str, Any], slot: Slot) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=1, used=1)
    answer = call("POST", "", booking_body)
    assert (answer.status_code, answer.json()["code"]) == (409, "slot_full")


def test_a_booking_is_read_changed_confirmed_cancelled(
    call: Call,
    booked: dict[str, Any],
    conversation: Conversation,
    make_slot: Callable[..., Slot],
) -> None:
    path, mine = f"/{booked['reference']}", {"conversation": str(conversation.id)}
    query = f"?conversation={conversation.id}"
    read = call("GET", path + query)
    assert read.json() == booked
    assert call("GET", path + query, If_None_Match=read["ETag"]).status_code == 304
    assert call("GET", query).json() == {"bookings": [booked]}
    other = make_slot(window="afternoon")
    changed = call(
        "POST",
        f"{path}/change",
        {**mine, "slot": other.pk, "items": [{"code": "fridge", "count": 2}]},
    ).json()
    assert (changed["window"], changed["objects"], changed["litres"]) == ("afternoon", 2, 1200)
    assert [line["code"] for line in changed["items"]] == ["fridge"]
    assert call("GET", path + query, If_None_Match=read["ETag"]).status_code == 200
    assert call("POST", f"{path}/confirm", mine).json()["state"] == "confirmed"
    declined = call("POST", f"{path}/confirm", {**mine, "answer": "no"}).json()
    assert (declined["state"], declined["reminder"]) == ("booked", "to_call")
    for _ in range(2):
        assert call("POST", f"{path}/cancel", mine).json()["state"] == "cancelled"
    late = call("POST", f"{path}/confirm", mine)
    assert (late.status_code, late.json()["code"]) == (409, "transition_refused")


def test_a_reference_alone_opens_nothing(call: Call, booked: dict[str, Any]) -> None:
    stranger = receive_message(
        contact_point=web_contact_open(token=web_token_new()), external_id="x:1", text="Bonjour"
    ).conversation
    path = f"/{booked['reference']}"
    for answer in (
        call("GET", f"{path}?conversation={stranger.id}"),
        call("POST", f"{path}/cancel", {"conversation": str(stranger.id)}),
        call("POST", f"{path}/change", {"conversation": str(stranger.id)}),
        call("POST", f"{path}/confirm", {"conversation": str(stranger.id)}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (403, "pickup_not_theirs")
    assert call("GET", f"?conversation={stranger.id}").json() == {"bookings": []}
    unknown = call("GET", f"/900000000?conversation={stranger.id}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "pickup_unknown")


def test_a_token_is_needed(call: Call, pickups: None) -> None:
    refused = call("POST", "/items", {"text": "x"}, Authorization="Bearer no")
    assert refused.status_code == 401
