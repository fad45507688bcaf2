"""SMS switched on towards a double of Twilio; real PostgreSQL and Valkey."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at
from agent_console.conversations import ports
from agent_console.conversations.inbox import received_take
from agent_console.conversations.models import Received
from channels_config.sms import views
from channels_config.sms.deliver import SmsChannel
from channels_config.sms.receive import sms_take

from .twilio_double import ACCOUNT, TOKEN, TwilioDouble, serve

PHONE = "+33612345678"
SENDER = "+33937000001"
FORM = "application/x-www-form-urlencoded"

Post = Callable[..., int]


@pytest.fixture
def twilio(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TwilioDouble]:
    """A provider of one test's own."""
    for double in serve(TwilioDouble(port=0)):
        settings.TWILIO_ACCOUNT_SID = ACCOUNT
        settings.TWILIO_AUTH_TOKEN = TOKEN
        settings.TWILIO_API_KEY_SID = settings.TWILIO_API_KEY_SECRET = ""
        settings.TWILIO_API_BASE_URL = double.base_url
        settings.TWILIO_SMS_FROM = SENDER
        settings.TWILIO_VOICE_FROM = "+33491000001"
        settings.PUBLIC_BASE_URL = "https://mdmp.example"
        monkeypatch.setattr(ports, "_channels", {"sms": SmsChannel()})
        monkeypatch.setattr(ports, "_takers", {"sms": sms_take})
        # In the test's own transaction, not in a thread that keeps a connection.
        monkeypatch.setattr(views, "_kept", sync_to_async(views._keep))
        yield double
        assert double.refused == [], "Twilio's own description refuses what we ask"


@pytest.fixture
def resident_phone(db: None) -> ContactPoint:
    """A mobile that nobody else's test has: limits are counted by contact."""
    number = uuid.uuid4().int % 10**6
    return contact_at(kind=ChannelCode.SMS, address=f"+33612{number:06d}")


@pytest.fixture
def post(client: Client, twilio: TwilioDouble) -> Post:
    """Post a form to the webhook as Twilio would; a header given replaces the signature."""

    def send(
        form: Mapping[str, str],
        path: str = "/channels/sms/twilio",
        signature: str | None = None,
    ) -> int:
        signed = RequestValidator(TOKEN).compute_signature(
            f"https://mdmp.example{path}", dict(form)
        )
        headers = {"X-Twilio-Signature": signed if signature is None else signature}
        answer = client.post(path, urlencode(form), content_type=FORM, headers=headers)
        for row in Received.objects.all():  # as the worker does
            received_take(channel="sms", sender=bytes(row.sender))
        return answer.status_code

    return send


@pytest.fixture
def jobs(db: None) -> Callable[[str], int]:
    """How many jobs of a name wait."""
    return lambda name: ProcrastinateJob.objects.filter(task_name=name).count()
