"""What actions may ask: recognise by code or PIN, link a phone; with their scope, once per key."""

import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.utils import timezone

from agent_console.citizens import vouching
from agent_console.citizens.codes import phone_contact
from agent_console.citizens.models import (
    ChannelCode,
    ContactPoint,
    OneTimeCode,
    Recognition,
    Resident,
)
from agent_console.citizens.services import resident_of_contact, wallet_assign
from agent_console.citizens.tests.conftest import Phones
from agent_console.conversations.models import Conversation
from agent_console.conversations.services import receive_message

pytestmark = pytest.mark.django_db(transaction=True)
TOKEN = django_settings.CONSOLE_API_TOKENS[0].secret


def call(
    method: str, path: str, body: Any = None, *, key: str = "", token: str = TOKEN
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    if key:
        headers["Idempotency-Key"] = key
    answer = Client().generic(
        method,
        f"/api/v1{path}",
        data=json.dumps(body) if body is not None else "",
        content_type="application/json",
        headers=headers,
    )
    return answer.status_code, answer.json()


@pytest.fixture
def caller(everybody_agrees: None, mobile: ContactPoint) -> Conversation:
    """A texter whose number is known, with a wallet."""
    wallet_assign(resident_id=resident_of_contact(contact_point_id=mobile.pk).pk)
    mobile.refresh_from_db()
    return receive_message(contact_point=mobile, external_id="m1", text="Bonjour").conversation


def test_a_number_alone_reads_no_points(caller: Conversation, phones: Phones) -> None:
    where = f"/identity/{caller.pk}"
    assert call("GET", where)[1] == {"level": "cases", "ways": ["code"], "is_shared": False}
    status, problem = call("GET", f"/conversations/{caller.pk}/wallet")
    assert (status, problem["code"]) == (403, "recognition_needed")

    status, started = call("POST", f"{where}/codes", key="turn-1")
    assert (status, call("POST", f"{where}/codes", key="turn-1")[1]) == (202, started)
    code = phones.code_of(uuid.UUID(started["code_id"]))
    said = {"code_id": started["code_id"], "code": code}
    assert call("POST", f"{where}/codes/confirm", said)[1]["level"] == "spending"
    assert call("GET", f"/conversations/{caller.pk}/wallet")[0] == 200
    assert call("GET", f"/conversations/{caller.pk}/wallet?level=spending")[0] == 200
    Recognition.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert call("GET", f"/conversations/{caller.pk}/wallet")[0] == 200
    status, problem = call("GET", f"/conversations/{caller.pk}/wallet?level=spending")
    assert (status, problem["code"]) == (403, "recognition_needed")
    assert call("POST", f"{where}/codes/confirm", said)[1]["code"] == "code_ended"
    assert call("DELETE", where)[1]["level"] == "cases"


def test_a_pin_is_set_after_a_code_and_opens(caller: Conversation, phones: Phones) -> None:
    where = f"/identity/{caller.pk}"
    assert call("PUT", f"{where}/pin", {"pin": "2580"})[1]["code"] == "recognition_needed"
    started = call("POST", f"{where}/codes", key="turn-1")[1]
    code = phones.code_of(uuid.UUID(started["code_id"]))
    call("POST", f"{where}/codes/confirm", {"code_id": started["code_id"], "code": code})
    assert call("PUT", f"{where}/pin", {"pin": "1111"})[1]["code"] == "pin_invalid"
    assert call("PUT", f"{where}/pin", {"pin": "2580"})[1]["ways"] == ["code", "pin"]
    call("DELETE", where)
    status, problem = call("POST", f"{where}/pin/check", {"pin": "2581"})
    assert (status, problem["code"], problem["fields"]["attempts_left"]) == (409, "pin_wrong", "4")
    assert call("POST", f"{where}/pin/check", {"pin": "2580"})[1]["level"] == "spending"


def test_a_phone_is_linked_and_known_and_unknown_ones_answer_alike(
    conversation: Conversation, caller: Conversation, phones: Phones
) -> None:
    where = f"/identity/{conversation.pk}"
    shapes = []
    for number in ("0612345678", "0698765432"):
        status, started = call("POST", f"{where}/links", {"phone": number}, key=number)
        shapes.append((status, sorted(started)))
    assert shapes[0] == shapes[1] == (202, ["code_id"])
    first = OneTimeCode.objects.order_by("created_at").first()
    assert first is not None
    said = {"code_id": str(first.pk), "code": phones.code_of(first.pk)}
    for _ in "12":  # repeated after a lost answer
        linked = call("POST", f"{where}/links/confirm", said)[1]
        assert (linked["level"], linked["outcome"]) == ("spending", "linked")
    contact = ContactPoint.objects.get(pk=conversation.contact_point_id)
    assert contact.resident == caller.contact_point.resident


def test_a_session_of_the_site_is_its_own_proof_until_a_phone_is_linked(
    conversation: Conversation, phones: Phones
) -> None:
    resident_of_contact(contact_point_id=conversation.contact_point_id)
    assert call("GET", f"/identity/{conversation.pk}")[1]["level"] == "spending"


def test_the_number_that_a_channel_vouches_for_is_linked(
    conversation: Conversation, phones: Phones, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Voucher:
        kind, phone = ChannelCode.WEB, "+33612345678"

        def phone_of(self, contact_point: ContactPoint) -> str:
            return self.phone

    where = f"/identity/{conversation.pk}/links/vouched"
    assert call("POST", where, key="k")[1]["code"] == "phone_not_vouched"
    monkeypatch.setattr(vouching, "_VOUCHERS", {})
    vouching.register_voucher(Voucher())
    assert call("POST", where, key="k")[1] == {"outcome": "linked", "code_id": None}
    known = phone_contact(number="0698765432")
    resident_of_contact(contact_point_id=known.pk)
    monkeypatch.setattr(Voucher, "phone", "+33698765432")
    started = call("POST", where, key="k")[1]
    said = {"code_id": started["code_id"], "code": phones.code_of(uuid.UUID(started["code_id"]))}
    done = call("POST", f"/identity/{conversation.pk}/links/confirm", said)[1]
    assert (started["outcome"], done["outcome"]) == (None, "merged")


def test_what_is_refused(conversation: Conversation, phones: Phones) -> None:
    where = f"/identity/{conversation.pk}"
    assert call("GET", where, token="x" * 40)[0] == 401
    assert call("GET", f"/identity/{uuid.uuid4()}")[0] == 404
    assert call("POST", f"{where}/codes", key="k")[1]["code"] == "code_undeliverable"
    assert call("POST", f"{where}/links", {"phone": "12"}, key="k")[1]["code"] == "phone_invalid"
    assert call("POST", f"{where}/links", {"phone": "0612345678"})[0] == 422
    nothing = {"code_id": str(uuid.uuid4()), "code": "123456"}
    assert call("POST", f"{where}/links/confirm", nothing)[1]["code"] == "code_ended"
    assert phone_contact(number="0612345678").resident is None
    assert not Resident.objects.exists()
