"""Calls switched on; an assistant that says what a test lays down; real PostgreSQL and Valkey."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings
from twilio.request_validator import RequestValidator

from agent_console.calls import ports as calls_ports
from agent_console.calls import selectors
from agent_console.calls.desk import desk_phone_set
from agent_console.conftest import make_user, metropolis
from agent_console.conversations import ports
from agent_console.conversations.models import Conversation
from agent_console.conversations.ports import Reply, TurnRequest, TurnResult
from agent_console.conversations.turns import answer_waiting, deliver_queued
from agent_console.opening.hours import DeskHours
from channels_config.sms.deliver import SmsChannel
from channels_config.sms.tests.conftest import twilio
from channels_config.sms.tests.twilio_double import ACCOUNT, TOKEN, TwilioDouble
from channels_config.voice import limits, waiting
from channels_config.voice.deliver import VoiceChannel
from channels_config.voice.telephone import TwilioTelephone
from channels_config.voice.views import talk

from .phone import Telephone

__all__ = ["make_user", "metropolis", "twilio"]
BASE = "https://mdmp.example"
FORM = "application/x-www-form-urlencoded"
Ring = Callable[..., Telephone]


@dataclass
class Assistant:
    """Answers each turn with the next of ``lines``; implements ``DialogueEngine``."""

    lines: list[TurnResult] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    is_slow: bool = False

    def will_say(
        self, text: str, *choices: str, intent: str = "inform", form: str = "report_form"
    ) -> None:
        """One more answer; ``choices`` are offered with it."""
        buttons = [{"title": one, "payload": f"dit {one}"} for one in choices]
        replies = [Reply(text, buttons)] if text else []
        self.lines.append(TurnResult(replies=replies, intent=intent, confidence=0.9, form=form))

    def answer(self, request: TurnRequest) -> TurnResult:
        self.heard.append(request.choice or request.text)
        return self.lines.pop(0)

    def work(self) -> None:
        """Do what the worker does: answer, then hand over."""
        for conversation in Conversation.objects.filter(channel="voice"):
            answer_waiting(conversation_id=conversation.pk, engine=self, last_try=True)
            deliver_queued(conversation_id=conversation.pk, last_try=True)


@pytest.fixture
def assistant() -> Assistant:
    return Assistant()


@pytest.fixture(autouse=True)
def _calls_on(
    twilio: TwilioDouble,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.VOICE_RECORDING = False
    monkeypatch.setattr(ports, "_channels", {"voice": VoiceChannel(), "sms": SmsChannel()})
    monkeypatch.setattr(calls_ports, "_registered", [TwilioTelephone()])
    monkeypatch.setattr(limits, "ANSWER_WAIT_S", 0.02)
    selectors._hints.cache_clear()
    selectors._streets.cache_clear()


@pytest.fixture
def one_transaction(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything in the test's own transaction, which one thread sees: quick to undo."""
    for module in (talk, waiting):
        monkeypatch.setattr(module, "in_database_thread", sync_to_async)


@pytest.fixture
def desk_open(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a Monday morning, whenever the tests run."""
    monkeypatch.setattr(DeskHours, "is_open", lambda self, at: True)


@pytest.fixture
def send(client: Client) -> Callable[[str, Mapping[str, str]], str]:
    """Post to one of our addresses as Twilio would; the document that comes back."""

    def post(address: str, form: Mapping[str, str]) -> str:
        signature = RequestValidator(TOKEN).compute_signature(address, dict(form))
        answer = client.post(
            address.removeprefix(BASE),
            urlencode(form),
            content_type=FORM,
            headers={"X-Twilio-Signature": signature},
        )
        assert answer.status_code in (200, 204), (address, answer.status_code, answer.content)
        return answer.content.decode()

    return post


@pytest.fixture
def ring(send: Callable[[str, Mapping[str, str]], str], assistant: Assistant) -> Ring:
    """A telephone; the worker works after each request unless the assistant is slow."""

    def make(number: str | None = None) -> Telephone:
        def post(address: str, form: Mapping[str, str]) -> str:
            document = send(address, form)
            if not assistant.is_slow:
                assistant.work()
            return document

        given = f"+33612{uuid.uuid4().int % 10**6:06d}" if number is None else number
        return Telephone(post, number=given, base=BASE, account=ACCOUNT)

    return make


@pytest.fixture
def operator(make_user: Callable[..., User]) -> User:
    """A colleague with a telephone on the desk."""
    user = make_user("operatrice", "calls.take_calls")
    desk_phone_set(user=user, number="04 91 99 00 01")
    return user
