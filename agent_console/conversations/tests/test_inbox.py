"""What a provider brought: acknowledged once, taken in in order, held up by nothing, never lost."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import patch

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_at, contact_key
from agent_console.conversations import ports, tasks
from agent_console.conversations.inbox import received_put, received_requeue, received_take
from agent_console.conversations.models import Author, Message, Received, Turn, TurnState
from agent_console.conversations.queue import answered_here
from agent_console.conversations.receiving import Incoming, receive

from .test_turns import FakeEngine

pytestmark = pytest.mark.django_db
PHONE = "+33612345678"


class Taker:
    """Takes in texts; those in ``poison`` it can't read."""

    def __init__(self) -> None:
        self.poison: set[str] = set()
        self.taken: list[str] = []

    def __call__(self, content: Mapping[str, Any]) -> None:
        if content["text"] in self.poison:
            raise ValueError("unreadable")
        self.taken.append(content["text"])
        receive(
            contact_point=contact_at(kind=ChannelCode.SMS, address=PHONE),
            incoming=Incoming(external_id=content["id"], text=content["text"]),
        )


@pytest.fixture
def taker(monkeypatch: pytest.MonkeyPatch) -> Taker:
    taker = Taker()
    monkeypatch.setattr(ports, "_takers", {"sms": taker})
    return taker


@pytest.fixture
def sender() -> bytes:
    return contact_key(kind=ChannelCode.SMS, address=PHONE)


def _bring(sender: bytes, text: str, *, own_id: str | None = None) -> None:
    own_id = own_id or str(uuid.uuid4())
    content = {"id": own_id, "text": text}
    received_put(channel="sms", external_id=own_id, sender=sender, content=content)


def _run(sender: bytes) -> None:
    context = cast(JobContext, SimpleNamespace(job=SimpleNamespace(attempts=0)))
    with patch.object(connections, "close_all"):
        tasks.take(context, channel="sms", sender=sender.hex())


def _jobs(name: str) -> int:
    return ProcrastinateJob.objects.filter(task_name=name).count()


def test_what_is_brought_twice_is_kept_once_and_nobody_can_read_it(sender: bytes) -> None:
    for _ in range(2):
        _bring(sender, "Un trou rue de Rome", own_id="SM1")
    row = Received.objects.get()
    assert b"trou" not in bytes(row.sealed)
    assert PHONE.encode() not in bytes(row.sealed)


def test_one_sender_is_taken_in_in_order_and_no_other(sender: bytes, taker: Taker) -> None:
    _bring(sender, "Un trou")
    _bring(b"\1" * 32, "Un autre")
    _bring(sender, "Rue de Rome")
    received_take(channel="sms", sender=sender)
    assert taker.taken == ["Un trou", "Rue de Rome"]
    assert bytes(Received.objects.get().sender) == b"\1" * 32


def test_a_crash_after_it_was_taken_in_changes_nothing(
    sender: bytes, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    _bring(sender, "Un trou")

    def crash(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Received, "delete", crash)
        with pytest.raises(KeyboardInterrupt):
            received_take(channel="sms", sender=sender)
    assert Received.objects.count() == 1
    received_take(channel="sms", sender=sender)
    assert Message.objects.get().text == "Un trou"
    assert not Received.objects.exists()


def test_what_can_not_be_read_holds_up_nothing_and_is_tried_again(
    sender: bytes, taker: Taker
) -> None:
    taker.poison = {"???"}
    _bring(sender, "???")
    _bring(sender, "Un trou")
    with pytest.raises(ValueError, match="unreadable"):
        received_take(channel="sms", sender=sender)
    assert taker.taken == ["Un trou"]
    assert Received.objects.count() == 1

    before = _jobs("conversations.take")
    assert received_requeue(before=timezone.now() - timedelta(minutes=1), limit=10) == 0
    assert received_requeue(before=timezone.now(), limit=10) == 1
    assert _jobs("conversations.take") == before + 1
    taker.poison = set()  # somebody mended it
    received_take(channel="sms", sender=sender)
    assert taker.taken == ["Un trou", "???"]


def test_the_job_that_takes_in_answers_too(
    sender: bytes, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = FakeEngine()
    monkeypatch.setattr(tasks, "_engine", lambda: engine)
    _bring(sender, "Bonjour")
    _run(sender)
    assert Turn.objects.get().state == TurnState.DONE
    assert Message.objects.get(author=Author.BOT).text == "BONJOUR"
    assert (_jobs("conversations.answer"), _jobs("conversations.deliver")) == (0, 1)


def test_what_was_taken_in_is_answered_when_the_job_runs_again(
    sender: bytes, taker: Taker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_engine", FakeEngine)
    _bring(sender, "Bonjour")
    with answered_here():  # and the worker is killed
        received_take(channel="sms", sender=sender)
    assert Turn.objects.get().state == TurnState.WAITING
    _run(sender)
    assert Turn.objects.get().state == TurnState.DONE
