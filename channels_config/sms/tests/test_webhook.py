"""Twilio's webhooks: only Twilio's, once, at once, and nothing of anybody else."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from django.db import OperationalError, connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_address, contact_at
from agent_console.conversations.blocking import conversation_block
from agent_console.conversations.models import (
    Attachment,
    Author,
    Conversation,
    Delivery,
    DeliveryState,
    Message,
    Received,
    Turn,
)
from agent_console.conversations.outgoing import append_outgoing
from agent_console.conversations.ports import Reply
from agent_console.conversations.receiving import Incoming, receive
from channels_config.kit.twilio.signed import BODY_MAX_BYTES
from channels_config.sms import limits
from channels_config.sms.parse import SmsIn, sms_in
from channels_config.sms.receive import sms_receive

from .conftest import FORM, PHONE, Post
from .payloads import payload
from .twilio_double import TOKEN, TwilioDouble

STATUS = "/channels/sms/twilio/status"


def _sms(contact_point: ContactPoint, text: str, sid: str) -> dict[str, str]:
    phone = contact_address(contact_point)
    assert phone is not None
    sid = "SM" + sid.rjust(32, "0")
    return payload("message", Body=text, MessageSid=sid, From=phone)


def _nothing_is_stored() -> bool:
    return not Message.objects.exists() and not ContactPoint.objects.exists()


@pytest.mark.django_db
def test_a_message_is_stored_with_its_turn(post: Post, jobs: Callable[[str], int]) -> None:
    assert post(payload("message")) == 200
    message = Message.objects.select_related("conversation__contact_point").get()
    assert message.text.startswith("Bonjour, il y a un nid-de-poule")
    assert message.external_id == "twilio:SM2b0f6d7c0c5d4f6f8d1c9b3a7e5f1a01"
    assert contact_address(message.conversation.contact_point) == PHONE
    assert Turn.objects.get().message == message
    assert jobs("conversations.answer") == 1


@pytest.mark.django_db
def test_the_answer_is_empty_twiml(client: Client, twilio: TwilioDouble) -> None:
    form = payload("message")
    signature = RequestValidator(TOKEN).compute_signature(
        "https://mdmp.example/channels/sms/twilio", form
    )
    answer = client.post(
        "/channels/sms/twilio",
        urlencode(form),
        content_type=FORM,
        headers={"X-Twilio-Signature": signature},
    )
    assert answer["Content-Type"] == "text/xml"
    assert answer.content.endswith(b"<Response/>")


@pytest.mark.django_db
def test_a_redelivery_changes_nothing(post: Post, jobs: Callable[[str], int]) -> None:
    for _ in range(3):
        assert post(payload("message")) == 200
    assert Message.objects.count() == Turn.objects.count() == 1
    assert jobs("conversations.answer") == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "signature", ["", "Zm9yZ2Vk", "é", RequestValidator("another").compute_signature("x", {})]
)
def test_a_forged_request_stores_nothing(post: Post, signature: str) -> None:
    assert post(payload("message"), signature=signature) == 403
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_a_parameter_that_was_not_signed_stores_nothing(
    client: Client, twilio: TwilioDouble
) -> None:
    form = payload("message")
    url = "https://mdmp.example/channels/sms/twilio"
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}
    for where, body in [
        ("/channels/sms/twilio", form | {"Body": "autre chose"}),
        ("/channels/sms/twilio?delivery=7", form),
    ]:
        answer = client.post(where, urlencode(body), content_type=FORM, headers=headers)
        assert answer.status_code == 403
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_headers_can_not_move_the_address_that_is_signed(
    client: Client, twilio: TwilioDouble
) -> None:
    form = payload("message")
    signature = RequestValidator(TOKEN).compute_signature(
        "http://localhost/channels/sms/twilio", form
    )
    answer = client.post(
        "/channels/sms/twilio",
        urlencode(form),
        content_type=FORM,
        headers={
            "X-Twilio-Signature": signature,
            "Host": "localhost",
            "X-Forwarded-Proto": "http",
        },
    )
    assert answer.status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"AccountSid": "AC" + "9" * 32}, 403),
        ({"MessageSid": "nothing"}, 400),
        ({"From": ""}, 400),
        ({"NumMedia": "many"}, 400),
        ({"NumMedia": "99"}, 400),
    ],
)
def test_a_signed_request_that_is_no_message_of_ours(
    post: Post, changed: dict[str, str], status: int
) -> None:
    assert post(payload("message", **changed)) == status
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_an_oversized_body_is_not_read(client: Client, twilio: TwilioDouble) -> None:
    answer = client.post("/channels/sms/twilio", {"Body": "x" * BODY_MAX_BYTES})
    assert answer.status_code == 400
    assert answer.json()["code"] == "body_too_large"


@pytest.mark.django_db
def test_a_json_body_counts_only_with_its_signed_hash(client: Client, twilio: TwilioDouble) -> None:
    body = json.dumps(payload("message"))
    validator = RequestValidator(TOKEN)
    path = f"/channels/sms/twilio?bodySHA256={validator.compute_hash(body)}"
    good = validator.compute_signature(f"https://mdmp.example{path}", {})

    def send(content: str, where: str, signature: str) -> int:
        answer = client.post(
            where,
            content,
            content_type="application/json",
            headers={"X-Twilio-Signature": signature},
        )
        return answer.status_code

    assert send(body, path, good) == 400  # Twilio's, but nothing that we read
    assert send(body + " ", path, good) == 403
    bare = "/channels/sms/twilio"
    unhashed = validator.compute_signature(f"https://mdmp.example{bare}", {})
    assert send(body, bare, unhashed) == 403
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_a_channel_without_secrets_refuses_everything(post: Post, settings: Settings) -> None:
    settings.TWILIO_AUTH_TOKEN = ""
    assert post(payload("message")) == 403
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_get_is_refused(client: Client, twilio: TwilioDouble) -> None:
    assert client.get("/channels/sms/twilio").status_code == 405


@pytest.mark.django_db
def test_refusals_are_logged_without_content(post: Post, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        post(payload("message"), signature="forged")
        post(payload("message"))
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "signature_invalid" in logged
    assert PHONE not in logged
    assert "nid-de-poule" not in logged


@pytest.mark.django_db
def test_an_advertisers_name_is_nobody(post: Post) -> None:
    assert post(payload("message", From="MaBanque")) == 200
    assert _nothing_is_stored()


@pytest.mark.django_db
def test_an_acknowledgement_is_one_transaction_of_two_statements(
    twilio: TwilioDouble, resident_phone: ContactPoint
) -> None:
    sms = sms_in(QueryDict(urlencode(_sms(resident_phone, "Bonjour", "1"))))
    with CaptureQueriesContext(connection) as queries:
        sms_receive(sms)
    said = [query["sql"].split()[0] for query in queries]
    assert [word for word in said if word not in ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")] == [
        "INSERT",
        "SELECT",  # the job's
    ]
    waiting = Received.objects.get()
    assert b"Bonjour" not in bytes(waiting.sealed)


@pytest.mark.django_db
@pytest.mark.parametrize(("failures", "status", "kept"), [(1, 200, 1), (2, 503, 0)])
def test_a_connection_that_died_is_replaced_once(
    post: Post, monkeypatch: pytest.MonkeyPatch, failures: int, status: int, kept: int
) -> None:
    deaths = iter(range(failures))

    def dying(sms: SmsIn) -> None:
        if next(deaths, None) is not None:
            raise OperationalError("terminating connection")
        sms_receive(sms)

    monkeypatch.setattr("channels_config.sms.views.sms_receive", dying)
    monkeypatch.setattr("channels_config.sms.views.connections.close_all", lambda: None)
    assert post(payload("message")) == status
    assert Message.objects.count() == kept


@pytest.mark.django_db
@pytest.mark.parametrize(("word", "reply"), [("ARRÊT", "C'est noté"), ("unsubscribe", "Done")])
def test_stop_is_obeyed_before_anything_else_and_confirmed_once(
    post: Post, resident_phone: ContactPoint, word: str, reply: str
) -> None:
    for _ in range(2):
        assert post(_sms(resident_phone, word, "1")) == 200
    resident_phone.refresh_from_db()
    assert resident_phone.opted_out_at is not None
    assert not Turn.objects.exists()
    said = Message.objects.filter(author=Author.SYSTEM)
    assert [message.text.startswith(reply) for message in said] == [True]

    assert post(_sms(resident_phone, "start", "2")) == 200
    resident_phone.refresh_from_db()
    assert resident_phone.opted_out_at is None


@pytest.mark.django_db
def test_a_number_is_the_choice_that_was_just_offered(
    post: Post, resident_phone: ContactPoint
) -> None:
    post(_sms(resident_phone, "Bonjour", "1"))
    append_outgoing(
        Conversation.objects.get(),
        author=Author.BOT,
        replies=[Reply("C'est bien cela ?", [{"title": "Oui", "payload": "oui c'est cela"}])],
        cause="turn:1",
    )
    post(_sms(resident_phone, "1", "2"))
    message = Message.objects.get(external_id__endswith="2", author=Author.CITIZEN)
    assert (message.text, message.choice) == ("1", "oui c'est cela")


@pytest.mark.django_db
def test_pictures_and_positions_come_with_a_message(
    post: Post, resident_phone: ContactPoint
) -> None:
    assert post(payload("message_with_media")) == 200
    (attachment,) = Attachment.objects.all()
    assert attachment.source.startswith("/2010-04-01/Accounts/AC")
    post(_sms(resident_phone, "https://maps.google.com/?q=43.2965,5.3698", "2"))
    message = Message.objects.get(latitude__isnull=False)
    assert (message.latitude, message.longitude) == (43.2965, 5.3698)


@pytest.mark.django_db
def test_a_picture_elsewhere_than_at_twilio_is_not_fetched(post: Post) -> None:
    form = payload("message_with_media", MediaUrl0="http://169.254.169.254/latest")
    assert post(form) == 200
    assert not Attachment.objects.exists()
    assert Message.objects.get().author == Author.SYSTEM  # "we cannot read this"


@pytest.mark.django_db
def test_a_blocked_sender_meets_silence(post: Post, resident_phone: ContactPoint) -> None:
    post(_sms(resident_phone, "Bonjour", "1"))
    conversation_block(conversation_id=Conversation.objects.get().pk)
    assert post(_sms(resident_phone, "Encore", "2")) == 200
    assert post(_sms(resident_phone, "AIDE", "3")) == 200
    assert [message.text for message in Message.objects.all()] == ["Bonjour"]


@pytest.mark.django_db
def test_a_flood_is_dropped_and_said_once(post: Post, resident_phone: ContactPoint) -> None:
    most = 20
    for number in range(most + 5):
        assert post(_sms(resident_phone, f"Message {number}", str(number))) == 200
    assert Message.objects.filter(author=Author.CITIZEN).count() == most
    (told,) = Message.objects.filter(author=Author.SYSTEM)
    assert "plus vite" in told.text
    assert post(_sms(resident_phone, "STOP", "99")) == 200
    resident_phone.refresh_from_db()
    assert resident_phone.opted_out_at is not None


@pytest.mark.django_db
def test_limits_that_can_not_be_counted_let_residents_through(
    post: Post, resident_phone: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise ConnectionError

    monkeypatch.setattr("channels_config.kit.rates._limiter", away)
    assert limits.OUTGOING.wait_s("x") == 0.0
    assert post(_sms(resident_phone, "Bonjour", "1")) == 200
    assert Message.objects.count() == 1


@pytest.fixture
def delivery(resident_phone: ContactPoint) -> Delivery:
    message = receive(
        contact_point=resident_phone, incoming=Incoming(external_id="twilio:SM1", text="Bonjour")
    )
    assert message is not None
    append_outgoing(
        message.conversation, author=Author.BOT, replies=[Reply("Bonjour", [])], cause="turn:1"
    )
    return Delivery.objects.get()


def test_states_come_from_status_webhooks_in_any_order(post: Post, delivery: Delivery) -> None:
    path = f"{STATUS}?delivery={delivery.pk}"
    for status, state in [
        ("sending", DeliveryState.QUEUED),
        ("delivered", DeliveryState.DELIVERED),
        ("sent", DeliveryState.DELIVERED),  # late
        ("undelivered", DeliveryState.DELIVERED),  # out of order
        ("read", DeliveryState.READ),
        ("delivered", DeliveryState.READ),
    ]:
        assert post(payload("status_delivered", MessageStatus=status), path) == 204
        delivery.refresh_from_db()
        assert delivery.state == state


def test_a_failure_has_a_code_and_a_french_reason(post: Post, delivery: Delivery) -> None:
    assert post(payload("status_undelivered"), f"{STATUS}?delivery={delivery.pk}") == 204
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "unreachable")
    assert delivery.error_label == "téléphone éteint ou hors de portée"


def test_a_call_that_nobody_answers_failed(post: Post, delivery: Delivery) -> None:
    assert post(payload("call_no_answer"), f"{STATUS}?delivery={delivery.pk}") == 204
    delivery.refresh_from_db()
    assert (delivery.state, delivery.error_code) == ("failed", "no_answer")


@pytest.mark.parametrize("query", ["", "?delivery=x", "?delivery=" + "9" * 30])
def test_a_status_of_nothing_is_refused(post: Post, delivery: Delivery, query: str) -> None:
    assert post(payload("status_delivered"), f"{STATUS}{query}") == 400


def test_a_status_of_another_channels_message_changes_nothing(
    post: Post, conversation: Conversation
) -> None:
    append_outgoing(conversation, author=Author.BOT, replies=[Reply("x", [])], cause="turn:9")
    other = Delivery.objects.get()
    assert post(payload("status_delivered"), f"{STATUS}?delivery={other.pk}") == 204
    other.refresh_from_db()
    assert other.state == DeliveryState.QUEUED


@pytest.mark.django_db
def test_two_spellings_of_a_number_are_one_contact() -> None:
    first = contact_at(kind=ChannelCode.SMS, address="06 12 34 56 78")
    assert contact_at(kind=ChannelCode.SMS, address=PHONE) == first
