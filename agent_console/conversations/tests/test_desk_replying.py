"""Replies of agents: once, by the holder, never over what they have not seen."""

import threading
import uuid
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connections
from hypothesis import given
from hypothesis import strategies as st

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.desk.errors import (
    CannotWrite,
    HeldBy,
    NotHeld,
    SomethingNew,
    VariableLeft,
)
from agent_console.conversations.desk.models import DeskEntry, Draft
from agent_console.conversations.desk.replying import agent_reply, draft_save, note_add
from agent_console.conversations.desk.selectors import DeskFilter, desk_list
from agent_console.conversations.desk.taking import conversation_take
from agent_console.conversations.desk.templating import fill, variable_left, variables_unknown
from agent_console.conversations.errors import InvalidText, PermissionMissing
from agent_console.conversations.models import Author, Conversation, Delivery, Message
from agent_console.conversations.services import receive_message

ANSWER = "conversations.answer_conversation"


@pytest.fixture
def camille(make_user: Callable[..., User]) -> User:
    return make_user("camille", ANSWER)


@pytest.fixture
def held(conversation: Conversation, camille: User) -> Conversation:
    return conversation_take(conversation_id=conversation.pk, actor=camille)


def _reply(
    held: Conversation, actor: User, text: str = "Je regarde.", **changed: object
) -> Message:
    fields = {"key": uuid.uuid4(), "seen_seq": held.last_seq} | changed
    return agent_reply(conversation_id=held.pk, actor=actor, text=text, **fields)  # type: ignore[arg-type]


def test_a_reply_goes_out_once_however_often_it_is_sent(held: Conversation, camille: User) -> None:
    held.refresh_from_db()
    key = uuid.uuid4()
    draft_save(conversation_id=held.pk, actor=camille, key=key, text="Je reg")
    first = _reply(held, camille, key=key)
    assert _reply(held, camille, "Autre chose", key=key) == first
    assert (first.author, first.agent, first.text) == (Author.AGENT, camille, "Je regarde.")
    assert Delivery.objects.filter(message=first).count() == 1
    # The page that saved while it sent brings no draft back.
    draft_save(conversation_id=held.pk, actor=camille, key=key, text="Je regarde.")
    assert not Draft.objects.exists()
    held.refresh_from_db()
    assert held.waiting_since is None


def test_what_was_said_meanwhile_is_seen_before_one_answers_over_it(
    held: Conversation, camille: User
) -> None:
    held.refresh_from_db()
    seen = held.last_seq
    receive_message(contact_point=held.contact_point, external_id="x:1", text="Non, finalement")
    with pytest.raises(SomethingNew) as refused:
        _reply(held, camille, seen_seq=seen)
    assert refused.value.seen_seq == seen
    assert _reply(held, camille, seen_seq=seen + 1).seq == seen + 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_of_two_replies_at_once_the_second_is_not_sent_unseen(
    make_user: Callable[..., User],
) -> None:
    camille = make_user("camille", ANSWER)
    contact_point = web_contact_open(token=web_token_new())
    message = receive_message(contact_point=contact_point, external_id="x:1", text="Bonjour")
    conversation = conversation_take(conversation_id=message.conversation_id, actor=camille)
    barrier = threading.Barrier(3)
    ends: list[str] = []

    def write(text: str) -> None:
        """Both windows of one agent; the third sends the first one's words again."""
        key = uuid.uuid5(uuid.NAMESPACE_OID, text)
        barrier.wait()
        try:
            _reply(conversation, camille, text, key=key)
            ends.append("sent")
        except SomethingNew:
            ends.append("shown first")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=(text,)) for text in ("Oui.", "Oui.", "Non.")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = list(Message.objects.filter(author=Author.AGENT).values_list("text", flat=True))
    assert len(sent) == 1
    assert sorted(ends) == (
        ["sent", "sent", "shown first"]
        if sent == ["Oui."]
        else ["sent", "shown first", "shown first"]
    )


def test_only_the_holder_answers_and_only_where_it_can_be_read(
    held: Conversation, camille: User, make_user: Callable[..., User]
) -> None:
    held.refresh_from_db()
    with pytest.raises(HeldBy):
        _reply(held, make_user("nadia", ANSWER))
    with pytest.raises(PermissionMissing):
        _reply(held, make_user("lecteur"))
    for text, error in (("  ", InvalidText), ("x" * 2001, InvalidText), ("a\x00", InvalidText)):
        with pytest.raises(error):
            _reply(held, camille, text)
    with pytest.raises(VariableLeft) as left:
        _reply(held, camille, "Votre {reference} avance.")
    assert left.value.name == "{reference}"
    Conversation.objects.update(channel="voice")
    with pytest.raises(CannotWrite):
        _reply(held, camille)
    Conversation.objects.update(channel="web", holder=None)
    with pytest.raises(NotHeld):
        _reply(held, camille)
    assert not Message.objects.filter(author=Author.AGENT).exists()


def test_a_draft_is_its_writers_own_and_an_empty_one_is_none(
    held: Conversation, camille: User, make_user: Callable[..., User]
) -> None:
    key = uuid.uuid4()
    for text in ("Je", "Je regarde"):
        draft_save(conversation_id=held.pk, actor=camille, key=key, text=text)
    assert Draft.objects.get().text == "Je regarde"
    draft_save(
        conversation_id=held.pk, actor=make_user("nadia", ANSWER), key=uuid.uuid4(), text="Moi"
    )
    assert Draft.objects.count() == 2
    draft_save(conversation_id=held.pk, actor=camille, key=key, text=" ")
    assert Draft.objects.get().text == "Moi"
    with pytest.raises(PermissionMissing):
        draft_save(conversation_id=held.pk, actor=make_user("x"), key=key, text="Je")


def test_a_note_is_written_once_and_never_sent(
    conversation: Conversation, camille: User, make_user: Callable[..., User]
) -> None:
    key = uuid.uuid4()
    for _ in range(2):
        note_add(conversation_id=conversation.pk, actor=camille, key=key, text="Rappeler lundi")
    assert DeskEntry.objects.get().text == "Rappeler lundi"
    assert Message.objects.count() == 1
    with pytest.raises(PermissionMissing):
        note_add(conversation_id=conversation.pk, actor=make_user("x"), key=key, text="Ah")


@pytest.mark.parametrize(
    ("words", "is_found"),
    [
        ("dechets", True),
        ("DÉCHET", True),
        ("encombrant", True),
        ("rappeler", True),
        ("déchets -encombrants", False),
        ("lampadaire", False),
    ],
)
def test_search_knows_stems_and_ignores_accents(
    conversation: Conversation, camille: User, words: str, is_found: bool
) -> None:
    text = "Les encombrants et les déchets verts sont restés là"
    receive_message(contact_point=conversation.contact_point, external_id="x:2", text=text)
    note_add(
        conversation_id=conversation.pk, actor=camille, key=uuid.uuid4(), text="À rappeler demain"
    )
    found = list(desk_list(wanted=DeskFilter(words=words), limit=5))
    assert found == ([conversation] if is_found else [])


def test_filters_show_what_they_say(held: Conversation, camille: User) -> None:
    def shown(**wanted: object) -> int:
        return len(desk_list(wanted=DeskFilter(**wanted), limit=5))  # type: ignore[arg-type]

    assert shown(shown="mine", user_id=camille.pk) == 1
    assert shown(shown="mine", user_id=0) == 0
    assert shown(shown="unassigned") == shown(shown="waiting") == shown(shown="alert") == 0
    receive_message(contact_point=held.contact_point, external_id="x:3", text="Alors ?")
    assert (shown(shown="waiting"), shown(shown="unassigned"), shown(shown="late")) == (1, 0, 0)
    assert (shown(channel="web"), shown(channel="sms"), shown(locale="en")) == (1, 0, 0)
    held.refresh_from_db()
    assert held.last_message_at is not None
    assert shown(before=(held.last_message_at, held.pk)) == 0


@given(st.text(alphabet="{} abréference", max_size=60), st.text(max_size=10))
def test_filling_in_never_fails_and_leaves_no_variable_that_has_a_value(
    text: str, value: str
) -> None:
    filled = fill(text, {"reference": value})
    if value and "{" not in value:
        assert variable_left(filled) != "{reference}"
    assert (variable_left("{reference}"), variables_unknown("{machin} {lieu}")) == (
        "{reference}",
        ["machin"],
    )
