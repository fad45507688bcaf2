"""Receiving: once, in order, with its job, in one transaction."""

import threading
import uuid
from unittest.mock import patch

import pytest
from django.db import connections
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations import queue
from agent_console.conversations.errors import InvalidText
from agent_console.conversations.models import Conversation, Handler, Message, Turn
from agent_console.conversations.services import receive_message


def _receive(contact_point: ContactPoint, text: str = "Bonjour", key: str = "") -> Message:
    external_id = key or f"{contact_point.id}:{uuid.uuid4()}"
    return receive_message(contact_point=contact_point, external_id=external_id, text=text)


def test_a_message_is_stored_with_its_turn_and_its_job(contact_point: ContactPoint) -> None:
    message = _receive(contact_point, "  Il y a un trou  ")
    assert (message.seq, message.text) == (1, "Il y a un trou")
    assert Turn.objects.get().message == message
    job = ProcrastinateJob.objects.get(task_name="conversations.answer")
    assert job.args == {"conversation_id": str(message.conversation_id)}


def test_a_repeated_message_changes_nothing(contact_point: ContactPoint) -> None:
    first = _receive(contact_point, key="same:1")
    again = _receive(contact_point, text="autre texte", key="same:1")
    assert again == first
    assert Message.objects.count() == Turn.objects.count() == 1


def test_each_message_has_its_job_under_the_conversations_lock(
    contact_point: ContactPoint,
) -> None:
    conversation_id = {_receive(contact_point).conversation_id for _ in range(3)}.pop()
    jobs = ProcrastinateJob.objects.filter(task_name="conversations.answer")
    assert [job.lock for job in jobs] == [f"turns:{conversation_id}"] * 3
    assert list(Message.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_a_crash_before_the_commit_leaves_nothing(contact_point: ContactPoint) -> None:
    with (
        patch.object(queue, "enqueue_turns", side_effect=RuntimeError("crash")),
        pytest.raises(RuntimeError),
    ):
        _receive(contact_point)
    assert Message.objects.count() == Turn.objects.count() == ProcrastinateJob.objects.count() == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [("   ", "text_empty"), ("x" * 2001, "text_too_long"), ("a\x00b", "text_invalid")],
)
def test_a_bad_text_is_refused_with_a_code(
    contact_point: ContactPoint, text: str, code: str
) -> None:
    with pytest.raises(InvalidText) as refused:
        _receive(contact_point, text)
    assert refused.value.code == code
    assert not Message.objects.exists()


def test_an_agent_who_answers_leaves_the_assistant_silent(conversation: Conversation) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(handler=Handler.AGENT, fence=1)
    turns = Turn.objects.count()
    _receive(conversation.contact_point)
    assert Turn.objects.count() == turns


@pytest.mark.django_db(transaction=True)
def test_messages_at_once_get_gapless_numbers_and_a_duplicate_gets_none() -> None:
    contact_point = web_contact_open(token=web_token_new())
    keys = [f"{contact_point.id}:{number}" for number in range(8)] * 2
    barrier = threading.Barrier(len(keys))
    errors: list[BaseException] = []

    def send(key: str) -> None:
        barrier.wait()
        try:
            _receive(contact_point, key=key)
        except BaseException as exc:
            errors.append(exc)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sorted(Message.objects.values_list("seq", flat=True)) == list(range(1, 9))
