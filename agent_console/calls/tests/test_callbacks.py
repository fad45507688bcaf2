"""Call-backs: asked once, one for each number, claimed by one colleague, every step kept."""

import json
import os
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, transaction
from django.test import Client

from agent_console.calls import callbacks
from agent_console.calls.errors import AlreadyTaken, StepRefused
from agent_console.calls.models import CallBack, CallBackStep
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_address, contact_at
from agent_console.conversations.models import Conversation
from agent_console.conversations.receiving import receive_message

pytestmark = pytest.mark.django_db
Ask = Callable[..., Any]


@pytest.fixture
def ask(client: Client) -> Ask:
    def send(path: str = "", key: str = "", token: str = "", **body: Any) -> Any:
        token = token or os.environ["CONSOLE_API_TOKEN_ACTIONS"]
        return client.post(
            f"/api/v1/callbacks{path}",
            json.dumps(body),
            content_type="application/json",
            headers={
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": key or f"turn:{uuid.uuid4()}",
            },
        )

    return send


@pytest.fixture
def caller() -> Conversation:
    point = contact_at(kind=ChannelCode.SMS, address="0612345678")
    return receive_message(
        contact_point=point, external_id=f"t:{uuid.uuid4()}", text="Allô"
    ).conversation


def test_a_request_is_one_whatever_is_sent_again(ask: Ask, caller: Conversation) -> None:
    body = {"conversation": str(caller.pk)}
    first = ask(key="turn:1", **body)
    assert first.status_code == 201
    assert first.json()["state"] == "waiting"
    assert ask(key="turn:1", **body).json() == first.json()
    # The same telephone, used otherwise, keeps its place.
    other = ask(key="turn:2", conversation=str(caller.pk), phone="06 12 34 56 78")
    assert other.json()["id"] == first.json()["id"]
    conflict = ask(key="turn:1", conversation=str(caller.pk), reason="closed")
    assert (conflict.status_code, conflict.json()["code"]) == (409, "idempotency_conflict")
    row = CallBack.objects.get()
    assert contact_address(row.contact_point) == "+33612345678"
    assert [step.act for step in row.steps.all()] == ["requested"]


@pytest.mark.parametrize(
    ("phone", "code"),
    [("", "phone_missing"), ("12", "phone_invalid"), ("0899123456", "phone_invalid")],
)
def test_a_chat_needs_a_number_that_costs_a_call(
    ask: Ask, conversation: Conversation, phone: str, code: str
) -> None:
    refused = ask(conversation=str(conversation.pk), phone=phone)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert not CallBack.objects.exists()
    made = ask(conversation=str(conversation.pk), phone="04 91 00 00 01")
    assert made.status_code == 201
    assert "0491" not in made.text  # the number is told to nobody


def test_unknown_things_are_404_and_strangers_401(ask: Ask, caller: Conversation) -> None:
    assert ask(conversation=str(uuid.uuid4())).json()["code"] == "conversation_unknown"
    assert ask(f"/{uuid.uuid4()}/cancel").json()["code"] == "call_back_unknown"
    assert ask(token="x" * 40, conversation=str(caller.pk)).status_code == 401


def test_cancelled_by_the_person_then_asked_anew(ask: Ask, caller: Conversation) -> None:
    made = ask(conversation=str(caller.pk)).json()
    assert ask(f"/{made['id']}/cancel").json()["state"] == "cancelled"
    assert ask(f"/{made['id']}/cancel").status_code == 200
    again = ask(conversation=str(caller.pk)).json()
    assert again["id"] != made["id"]
    row = CallBack.objects.get(pk=again["id"])
    with pytest.raises(StepRefused):
        callbacks.call_back_reopen(call_back_id=uuid.UUID(made["id"]), actor=User())
    assert row.state == "waiting"


def test_one_colleague_takes_it_and_every_step_is_kept(
    ask: Ask, caller: Conversation, make_user: Callable[..., User]
) -> None:
    row_id = uuid.UUID(ask(conversation=str(caller.pk)).json()["id"])
    awa, bob = make_user("awa"), make_user("bob")
    with pytest.raises(StepRefused):  # nobody called yet
        callbacks.call_back_finish(call_back_id=row_id, actor=awa, was_reached=True)
    for _ in "12":  # pressed twice
        assert callbacks.call_back_claim(call_back_id=row_id, actor=awa).claimed_by == awa
    with pytest.raises(AlreadyTaken, match="already_taken") as taken:
        callbacks.call_back_claim(call_back_id=row_id, actor=bob)
    assert "awa" in taken.value.message
    callbacks.call_back_release(call_back_id=row_id, actor=bob)
    callbacks.call_back_claim(call_back_id=row_id, actor=bob)
    callbacks.call_back_finish(call_back_id=row_id, actor=bob, was_reached=False)
    row = callbacks.call_back_reopen(call_back_id=row_id, actor=bob)
    assert (row.state, row.claimed_by, row.ended_at) == ("waiting", None, None)
    acts = [(step.act, step.actor) for step in row.steps.all()]
    assert acts == [
        ("requested", None), ("claimed", awa), ("released", bob), ("claimed", bob),
        ("unreached", bob), ("reopened", bob),
    ]  # fmt: skip
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CallBackStep.objects.update(act="done")


def test_a_number_without_an_address_can_not_be_called(ask: Ask) -> None:
    withheld = ContactPoint.objects.create(kind=ChannelCode.VOICE, key_digest=b"w" * 32)
    talk = receive_message(contact_point=withheld, external_id="t:w", text="Allô").conversation
    assert ask(conversation=str(talk.pk)).json()["code"] == "phone_missing"
