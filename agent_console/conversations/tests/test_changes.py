"""What changed in the lists since somebody looked."""

from __future__ import annotations

import threading
import uuid

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.alerts import PERMISSION, alert_acknowledge, alert_raise
from agent_console.conversations.desk.changes import Changes, changes_mark, changes_since
from agent_console.conversations.models import Conversation, Message
from agent_console.conversations.services import receive_message

pytestmark = pytest.mark.django_db(transaction=True)


def said(text: str = "Bonjour") -> Conversation:
    contact = web_contact_open(token=web_token_new())
    return receive_message(
        contact_point=contact, external_id=str(uuid.uuid4()), text=text
    ).conversation


def since(mark: int, known: dict[uuid.UUID, int] | None = None, limit: int = 10) -> Changes:
    return changes_since(after=mark, known=known or {}, limit=limit)


def looked() -> tuple[int, dict[uuid.UUID, int]]:
    """The mark, and what a list then holds.

    A transaction open anywhere in the cluster, of another database too, keeps the mark back: what
    is below it in time may be told again, and is known by its number.
    """
    mark = changes_mark()
    return mark, dict(Conversation.objects.values_list("pk", "changed_in"))


def test_what_is_said_after_the_mark_is_found_with_what_lists_show() -> None:
    before = said()
    mark, known = looked()
    after = said("Un trou dans la chaussée")

    found = since(mark, known)

    assert [row.pk for row in found.rows] == [after.pk]
    assert found.rows[0].last_text == "Un trou dans la chaussée"  # type: ignore[attr-defined]
    assert before.pk not in {row.pk for row in found.rows}
    known |= {row.pk: row.changed_in for row in found.rows}
    assert since(found.after, known).rows == []


def test_a_transaction_that_ends_late_is_not_missed() -> None:
    conversation = said()
    mark, known = looked()
    begun, may_end = threading.Event(), threading.Event()

    def slowly() -> None:
        with transaction.atomic():
            Conversation.objects.filter(pk=conversation.pk).update(locale="en")
            begun.set()
            may_end.wait(10)
        connection.close()

    thread = threading.Thread(target=slowly)
    thread.start()
    assert begun.wait(10)
    later = said()  # a higher number, committed first
    first = since(mark, known)
    may_end.set()
    thread.join()

    assert [row.pk for row in first.rows] == [later.pk]
    known |= {row.pk: row.changed_in for row in first.rows}
    second = since(first.after, known)
    assert [row.pk for row in second.rows] == [conversation.pk]


def test_a_masked_text_and_an_alarm_change_the_row() -> None:
    user = User.objects.create_superuser("nadia")
    conversation = said("Mon code est 1234")
    mark, known = looked()
    Message.objects.filter(conversation=conversation).update(text="Mon code est ••••")
    masked = since(mark, known)
    assert masked.rows[0].last_text == "Mon code est ••••"  # type: ignore[attr-defined]

    with transaction.atomic():
        alert = alert_raise(conversation)
    raised = since(masked.after, {conversation.pk: masked.rows[0].changed_in})
    assert raised.rows[0].is_alarming  # type: ignore[attr-defined]

    assert user.has_perm(PERMISSION)
    alert_acknowledge(alert_id=alert.pk, actor=user)
    ended = since(raised.after, {conversation.pk: raised.rows[0].changed_in})
    assert not ended.rows[0].is_alarming  # type: ignore[attr-defined]


def test_an_older_text_that_is_masked_changes_no_row() -> None:
    conversation = said("Mon code est 1234")
    contact = conversation.contact_point
    receive_message(contact_point=contact, external_id=str(uuid.uuid4()), text="Merci")
    mark, known = looked()
    Message.objects.filter(conversation=conversation, seq=1).update(text="Mon code est ••••")
    assert since(mark, known).rows == []


def test_more_than_the_limit_is_said_and_not_listed() -> None:
    mark, known = looked()
    for _ in range(3):
        said()
    found = since(mark, known, limit=2)
    assert found.are_too_many
    assert found.rows == []
    assert mark <= found.after <= changes_mark()  # all equal while one is open elsewhere


def test_rows_of_a_restored_database_are_not_new_for_ever() -> None:
    conversation = said()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE conversations_conversation DISABLE TRIGGER USER")
        cursor.execute("UPDATE conversations_conversation SET changed_in = changed_in + 1000000000")
        cursor.execute("ALTER TABLE conversations_conversation ENABLE TRIGGER USER")
    mark = changes_mark()
    assert since(mark).rows == []
    Conversation.objects.filter(pk=conversation.pk).update(locale="en")
    assert [row.pk for row in since(mark).rows] == [conversation.pk]
