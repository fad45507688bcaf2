"""Delivering by the real ``twilio`` client over HTTP, to a provider that may be ill."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from procrastinate.jobs import Job
from pytest_django import Settings
from werkzeug import Response

from agent_console.citizens.couriers import CourierUnavailable
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at
from agent_console.conversations import deliveries, turns
from agent_console.conversations.errors import DeliveryFailed, MediaUnavailable
from agent_console.conversations.media import attachments_fetch
from agent_console.conversations.models import (
    Attachment,
    Author,
    Delivery,
    DeliveryState,
    Message,
)
from agent_console.conversations.outgoing import append_outgoing
from agent_console.conversations.ports import Reply
from agent_console.conversations.receiving import Incoming, receive
from agent_console.conversations.turns import deliver_queued
from agent_console.jobs import Backoff
from agent_console.photos.models import Photo
from agent_console.photos.tests.pictures import encoded, scene
from channels_config.kit.twilio import client as twilio_client
from channels_config.sms.couriers import PhoneCourier

from .twilio_double import TwilioDouble, problem

LANDLINE = "+33491123456"


def _queued(contact_point: ContactPoint, *texts: str) -> uuid.UUID:
    message = receive(
        contact_point=contact_point,
        incoming=Incoming(external_id=f"twilio:{uuid.uuid4()}", text="Bonjour"),
    )
    assert message is not None
    append_outgoing(
        message.conversation,
        author=Author.BOT,
        replies=[Reply(text, []) for text in texts],
        cause=f"turn:{uuid.uuid4()}",
    )
    return message.conversation_id


def _deliver(conversation_id: uuid.UUID, *, last_try: bool = False) -> None:
    deliver_queued(conversation_id=conversation_id, last_try=last_try)


def _states() -> list[tuple[str, str, int]]:
    rows = Delivery.objects.order_by("pk").values_list("state", "error_code", "attempts")
    return list(rows)


def test_a_text_is_handed_over_with_its_number_and_its_segments(
    twilio: TwilioDouble, resident_phone: ContactPoint
) -> None:
    _deliver(_queued(resident_phone, "Déjà vu : 5 €", "ç" * 71))
    first, second = Delivery.objects.order_by("pk")
    assert (first.state, first.segments, second.segments) == ("sent", 1, 2)
    assert first.external_id == twilio.asked[0]["sid"]
    assert twilio.texts() == ["Déjà vu : 5 €", "ç" * 71]
    assert twilio.asked[0]["From"] == "+33937000001"
    assert twilio.asked[0]["StatusCallback"] == (
        f"https://mdmp.example/channels/sms/twilio/status?delivery={first.pk}"
    )


def test_a_messaging_service_sends_in_the_place_of_a_number(
    twilio: TwilioDouble, resident_phone: ContactPoint, settings: Settings
) -> None:
    settings.TWILIO_SMS_FROM = "MG" + "a" * 32
    _deliver(_queued(resident_phone, "Bonjour"))
    assert twilio.asked[0]["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in twilio.asked[0]


@pytest.mark.parametrize(
    ("status", "number", "code"),
    [
        (429, 20429, "rate_limited"),
        (500, 20500, "provider_unavailable"),
        (503, 0, "provider_unavailable"),
    ],
)
def test_what_passes_is_tried_again_in_order(
    twilio: TwilioDouble, resident_phone: ContactPoint, status: int, number: int, code: str
) -> None:
    conversation_id = _queued(resident_phone, "un", "deux")
    twilio.answers = [problem(status, number, retry_after="7")]
    with pytest.raises(DeliveryFailed) as failure:
        _deliver(conversation_id)
    assert failure.value.retry_after_s == 7.0
    assert _states() == [("queued", code, 1), ("queued", "", 0)]
    _deliver(conversation_id)
    assert twilio.texts() == ["un", "deux"]
    assert _states() == [("sent", "", 2), ("sent", "", 1)]


def test_what_a_provider_says_about_patience_is_kept() -> None:
    job = Job(
        id=1, status="doing", queue="q", lock=None, queueing_lock=None, task_name="t", attempts=0
    )
    strategy = Backoff(attempts=5, longest_s=60)
    asked = DeliveryFailed(permanent=False, code="rate_limited", retry_after_s=90)
    decision = strategy.get_retry_decision(exception=asked, job=job)
    assert decision is not None
    assert decision.retry_at is not None
    plain = strategy.get_retry_decision(exception=ValueError(), job=job)
    assert plain is not None
    assert plain.retry_at is not None
    assert 80 < (decision.retry_at - plain.retry_at).total_seconds() < 100


@pytest.mark.parametrize(
    ("status", "number", "code"),
    [
        (400, 21610, "opted_out"),
        (400, 21211, "address_invalid"),
        (400, 21606, "sender_refused"),
        (401, 20003, "credentials_refused"),
        (400, 12345, "provider_refused"),
    ],
)
def test_what_does_not_pass_is_written_down_and_the_next_goes_on(
    twilio: TwilioDouble, resident_phone: ContactPoint, status: int, number: int, code: str
) -> None:
    twilio.answers = [problem(status, number)]
    _deliver(_queued(resident_phone, "un", "deux"))
    assert _states() == [("failed", code, 1), ("sent", "", 1)]
    assert twilio.texts() == ["deux"]


def test_a_provider_that_is_away_is_tried_again(
    twilio: TwilioDouble, resident_phone: ContactPoint, settings: Settings
) -> None:
    conversation_id = _queued(resident_phone, "un")
    settings.TWILIO_API_BASE_URL = "http://127.0.0.1:9"
    with pytest.raises(DeliveryFailed):
        _deliver(conversation_id)
    assert _states() == [("queued", "provider_unavailable", 1)]
    _deliver(conversation_id, last_try=True)
    assert _states() == [("failed", "provider_unavailable", 2)]


def test_a_body_that_trickles_in_is_not_waited_for(
    twilio: TwilioDouble, resident_phone: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(twilio_client, "TOTAL_S", 0.2)
    stopped: list[bool] = []

    def trickle() -> Iterator[bytes]:
        try:
            for _ in range(1000):
                time.sleep(0.02)  # the provider's slowness itself
                yield b" " * twilio_client._CHUNK
        finally:
            stopped.append(True)

    twilio.answers = [lambda: Response(trickle(), status=201, content_type="application/json")]
    with pytest.raises(DeliveryFailed) as failure:
        _deliver(_queued(resident_phone, "un"))
    assert not failure.value.permanent


@pytest.mark.parametrize("body", [b"<html>", b"{", b"\xff\xfe"])
def test_an_answer_that_is_none_is_tried_again(
    twilio: TwilioDouble, resident_phone: ContactPoint, body: bytes
) -> None:
    twilio.answers = [lambda: Response(body, status=201, content_type="application/json")]
    with pytest.raises(DeliveryFailed) as failure:
        _deliver(_queued(resident_phone, "un"))
    assert not failure.value.permanent


def test_a_worker_killed_after_the_hand_over_sends_again_and_loses_nothing(
    twilio: TwilioDouble, resident_phone: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation_id = _queued(resident_phone, "un", "deux")

    class Killed(BaseException):
        pass

    def dies(**_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(turns, "delivery_record", dies)
        with pytest.raises(Killed):
            _deliver(conversation_id)
    # Word of the first copy may come before the second is sent: then there is no second.
    assert _states() == [("queued", "", 0), ("queued", "", 0)]
    _deliver(conversation_id)
    assert twilio.texts() == ["un", "un", "deux"]


def test_word_of_the_first_copy_saves_the_second(
    twilio: TwilioDouble, resident_phone: ContactPoint
) -> None:
    conversation_id = _queued(resident_phone, "un")
    delivery = Delivery.objects.get()
    assert deliveries.delivery_report(
        channel="sms", delivery_id=delivery.pk, state=DeliveryState.DELIVERED
    )
    _deliver(conversation_id)
    assert twilio.texts() == []
    assert Delivery.objects.get().state == "delivered"


def test_a_landline_is_called_instead(twilio: TwilioDouble, db: None) -> None:
    landline = contact_at(kind=ChannelCode.SMS, address=LANDLINE)
    _deliver(_queued(landline, "Votre signalement est validé."))
    (call,) = twilio.asked
    assert (call["To"], call["From"]) == (LANDLINE, "+33491000001")
    assert call["Twiml"].count("Votre signalement est validé.") == 2
    assert call["StatusCallback"].endswith(f"?delivery={Delivery.objects.get().pk}")


def test_without_a_calling_number_a_landline_is_told_nothing(
    twilio: TwilioDouble, db: None, settings: Settings
) -> None:
    settings.TWILIO_VOICE_FROM = ""
    _deliver(_queued(contact_at(kind=ChannelCode.SMS, address=LANDLINE), "Bonjour"))
    assert _states() == [("failed", "not_mobile", 1)]


def test_an_address_whose_key_is_gone_fails_for_good(
    twilio: TwilioDouble, resident_phone: ContactPoint, settings: Settings
) -> None:
    conversation_id = _queued(resident_phone, "un")
    settings.ADDRESS_KEYS = ["another key of at least 32 characters"]
    _deliver(conversation_id)
    assert _states() == [("failed", "address_missing", 1)]


def test_codes_go_to_mobiles_as_texts_and_to_landlines_as_calls(
    twilio: TwilioDouble, resident_phone: ContactPoint
) -> None:
    courier = PhoneCourier(ChannelCode.SMS)
    courier.send(contact_point=resident_phone, code="402913", locale="fr")
    landline = contact_at(kind=ChannelCode.PHONE, address=LANDLINE)
    courier.send(contact_point=landline, code="402913", locale="fr")
    text, call = twilio.asked
    assert "402913" in text["Body"]
    assert call["Twiml"].count("4, 0, 2, 9, 1, 3") == 2


def test_a_courier_says_when_it_could_not(
    twilio: TwilioDouble, resident_phone: ContactPoint
) -> None:
    twilio.answers = [problem(500, 20500)]
    with pytest.raises(CourierUnavailable):
        PhoneCourier(ChannelCode.SMS).send(contact_point=resident_phone, code="402913", locale="fr")


def _with_picture(contact_point: ContactPoint, path: str) -> Message:
    message = receive(
        contact_point=contact_point,
        incoming=Incoming(external_id=f"twilio:{uuid.uuid4()}", attachments=[path]),
    )
    assert message is not None
    return message


PATH = f"/2010-04-01/Accounts/AC{'0' * 32}/Messages/MM{'0' * 32}/Media/ME{'0' * 32}"


def test_a_picture_is_fetched_with_credentials_and_kept_as_a_photo(
    twilio: TwilioDouble, resident_phone: ContactPoint, photo_files: Path
) -> None:
    twilio.media[PATH] = ("image/jpeg", encoded(scene(1), "JPEG"))
    message = _with_picture(resident_phone, PATH)
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    attachment = Attachment.objects.get()
    assert (attachment.state, attachment.source) == ("stored", "")
    assert Photo.objects.get().pk == attachment.photo_id


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"not a picture", "photo_type_refused"), (b"", "photo_empty"), (None, "media_gone")],
)
def test_what_is_no_picture_is_said_to_its_sender(
    twilio: TwilioDouble,
    resident_phone: ContactPoint,
    photo_files: Path,
    content: bytes | None,
    code: str,
) -> None:
    if content is not None:
        twilio.media[PATH] = ("image/jpeg", content)
    message = _with_picture(resident_phone, PATH)
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().error_code == code
    (told,) = Message.objects.filter(author=Author.SYSTEM)
    assert "photo" in told.text


def test_a_picture_that_is_too_large_is_not_read_to_its_end(
    twilio: TwilioDouble, resident_phone: ContactPoint, photo_files: Path
) -> None:
    twilio.media[PATH] = ("image/jpeg", b"x" * 10_000_001)
    message = _with_picture(resident_phone, PATH)
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().error_code == "photo_too_large"


def test_a_picture_that_can_not_be_fetched_now_is_tried_again(
    twilio: TwilioDouble, resident_phone: ContactPoint, photo_files: Path
) -> None:
    twilio.media[PATH] = ("image/jpeg", encoded(scene(1), "JPEG"))
    twilio.media_answers = [lambda: Response(status=503, headers={"Retry-After": "3"})]
    message = _with_picture(resident_phone, PATH)
    with pytest.raises(MediaUnavailable) as failure:
        attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert failure.value.retry_after_s == 3.0
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().state == "stored"
