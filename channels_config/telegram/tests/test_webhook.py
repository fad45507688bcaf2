"""Telegram's webhook: only Telegram's, once, and each kind of update understood."""

from __future__ import annotations

import json
import logging

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from agent_console.citizens.addresses import address_digest
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.vouching import vouched_phone
from agent_console.conversations.blocking import conversation_block
from agent_console.conversations.models import (
    Attachment,
    Author,
    Conversation,
    Message,
    Turn,
    TurnState,
)
from agent_console.conversations.outgoing import append_outgoing
from agent_console.conversations.ports import Reply, TurnRequest, TurnResult
from agent_console.conversations.turns import answer_waiting
from channels_config.telegram.limits import BODY_MAX_BYTES
from channels_config.telegram.models import VerifiedPhone
from channels_config.telegram.receive import PHONE_SHARED

from .conftest import Post
from .payloads import update

pytestmark = pytest.mark.django_db
_OFFERED = [{"title": "Oui", "payload": "oui c'est cela"}, {"title": "Non", "payload": "non"}]


def _nothing_is_stored() -> bool:
    return not Message.objects.exists() and not ContactPoint.objects.exists()


def _texts(author: Author) -> list[str]:
    return list(Message.objects.filter(author=author).values_list("text", flat=True))


def test_a_text_is_stored_with_its_turn_and_no_chat_in_clear(post: Post, chat: int) -> None:
    assert post(update("text", chat)).status_code == 200
    message = Message.objects.get()
    assert message.text.startswith("Bonjour, il y a un nid-de-poule")
    assert str(chat) not in message.external_id
    assert Turn.objects.get().message == message


def test_a_redelivery_changes_nothing(post: Post, chat: int) -> None:
    for _ in range(3):
        post(update("text", chat))
    assert Message.objects.count() == Turn.objects.count() == 1


@pytest.mark.parametrize("secret", ["", "s" * 39, "é" * 40, "S" * 40])
def test_a_forged_update_stores_nothing(post: Post, chat: int, secret: str) -> None:
    assert post(update("text", chat), secret=secret).status_code == 403
    assert _nothing_is_stored()


def test_without_a_secret_the_webhook_is_off(post: Post, settings: Settings, chat: int) -> None:
    settings.TELEGRAM_WEBHOOK_SECRET = ""
    assert post(update("text", chat), secret="").status_code == 403
    assert _nothing_is_stored()


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        "[]",
        "null",
        '{"update_id": "1"}',
        '{"update_id": true}',
        '{"update_id": 1, "message": 7}',
        '{"update_id": 1, "message": {"message_id": 1}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_update_is_refused(post: Post, body: str) -> None:
    assert post(body).status_code == 400
    assert _nothing_is_stored()


def test_an_oversized_body_is_refused(post: Post) -> None:
    answer = post(json.dumps({"update_id": 1, "x": "y" * BODY_MAX_BYTES}))
    assert (answer.status_code, json.loads(answer.content)["code"]) == (400, "body_too_large")


def test_an_update_of_a_kind_that_we_did_not_ask_for_is_acknowledged(post: Post) -> None:
    assert post({"update_id": 1, "poll_answer_of_the_future": {}}).status_code == 200
    assert _nothing_is_stored()


def test_refusals_are_logged_without_content(
    post: Post, chat: int, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        post(update("text", chat), secret="x")
        post('{"update_id": 1, "message": {"text": "nid-de-poule"}}')
        post(update("text", chat))
    logged = " ".join(str(record.__dict__) for record in caplog.records)
    assert "secret_invalid" in logged
    assert str(chat) not in logged
    assert "nid-de-poule" not in logged


def test_the_largest_size_of_a_photo_comes_with_its_caption(post: Post, chat: int) -> None:
    post(update("photo", chat))
    assert Attachment.objects.get().source == "AgACAgQAAxkBAAMlarge"
    assert Message.objects.get().text.startswith("Il y a un nid-de-poule")


def test_a_shared_position_reaches_the_engine(post: Post, chat: int) -> None:
    post(update("location", chat))
    asked: list[TurnRequest] = []

    class Engine:
        def answer(self, request: TurnRequest) -> TurnResult:
            asked.append(request)
            return TurnResult([Reply("Merci", [])], "", None)

    answer_waiting(conversation_id=Conversation.objects.get().pk, engine=Engine(), last_try=False)
    assert asked[0].location is not None
    assert (asked[0].location.latitude, asked[0].location.longitude) == (43.2905, 5.3789)
    assert asked[0].text == ""


def test_an_edited_message_is_a_correction_of_the_first(post: Post, chat: int) -> None:
    post(update("text", chat))
    for _ in range(2):
        post(update("edited", chat))
    first, second = Message.objects.order_by("seq")
    assert second.corrects == first
    asked: list[str] = []

    class Engine:
        def answer(self, request: TurnRequest) -> TurnResult:
            asked.append(request.text)
            return TurnResult([Reply("Bien", [])], "", None)

    answer_waiting(conversation_id=first.conversation_id, engine=Engine(), last_try=False)
    assert asked[1] == f"Je corrige : {second.text}"


def test_ones_own_contact_verifies_the_number(post: Post, chat: int, account: ContactPoint) -> None:
    post(update("contact", chat, contact=_contact(user_id=chat)))
    known = VerifiedPhone.objects.get()
    assert known.contact_point == account
    digest = address_digest(kind=ChannelCode.SMS, address="+33612345678")
    assert bytes(known.phone_digest) == digest
    assert vouched_phone(account) == "+33612345678"
    message = Message.objects.get()
    assert (message.choice, message.turn.state) == (PHONE_SHARED, TurnState.WAITING)
    assert "612345678" not in message.text + message.choice


def test_somebody_elses_contact_verifies_nothing(post: Post, chat: int) -> None:
    for contact in (_contact(user_id=chat + 1), _contact(user_id=None)):
        post(update("contact", chat, contact=contact))
    assert not VerifiedPhone.objects.exists()
    assert "propre numéro" in _texts(Author.SYSTEM)[0]


def _contact(user_id: int | None) -> dict[str, object]:
    contact: dict[str, object] = {"phone_number": "33612345678", "first_name": "Awa"}
    return contact if user_id is None else contact | {"user_id": user_id}


def test_a_pressed_button_is_its_choice_once(post: Post, chat: int) -> None:
    post(update("text", chat))
    conversation = Conversation.objects.get()
    replies = [Reply("C'est bien cela ?", _OFFERED)]
    append_outgoing(conversation, author=Author.BOT, replies=replies, cause="turn:1")
    answer = post(update("callback", chat))
    assert json.loads(answer.content) == {
        "method": "answerCallbackQuery",
        "callback_query_id": "2383620001112223334",
    }
    post(update("callback", chat))
    post(update("callback", chat, data="c:2:1"))  # the other button, afterwards
    (chosen,) = Message.objects.exclude(choice="")
    assert (chosen.text, chosen.choice) == ("Oui", "oui c'est cela")
    job = ProcrastinateJob.objects.filter(task_name="telegram.mark_choice").first()
    assert job is not None
    assert job.args == {"message_id": chosen.pk, "seq": 2}


@pytest.mark.parametrize("data", ["c:2:9", "c:99:0", "-", "c:1:0", "anything"])
def test_a_button_that_we_never_made_chooses_nothing(post: Post, chat: int, data: str) -> None:
    post(update("text", chat))
    append_outgoing(
        Conversation.objects.get(),
        author=Author.BOT,
        replies=[Reply("?", _OFFERED)],
        cause="turn:1",
    )
    assert json.loads(post(update("callback", chat, data=data)).content)["method"]
    assert Message.objects.filter(author=Author.CITIZEN).count() == 1


def test_somebody_elses_question_can_not_be_answered(post: Post, chat: int) -> None:
    post(update("text", chat))
    append_outgoing(
        Conversation.objects.get(),
        author=Author.BOT,
        replies=[Reply("?", _OFFERED)],
        cause="turn:1",
    )
    post(update("callback", chat + 1))
    assert not Message.objects.exclude(choice="").exists()


@pytest.mark.parametrize(
    ("command", "said"),
    [("/start", "Bonjour"), ("/signaler", "Je veux signaler un problème"), ("/Inconnu", "Inconnu")],
)
def test_commands_are_words(post: Post, chat: int, command: str, said: str) -> None:
    post(update("text", chat, text=command))
    assert _texts(Author.CITIZEN) == [said]


def test_stop_and_start(post: Post, chat: int, account: ContactPoint) -> None:
    post(update("text", chat, text="/stop"))
    assert _is_opted_out(account)
    assert not Turn.objects.exists()
    assert "/start" in _texts(Author.SYSTEM)[0]
    post(update("text", chat, text="/start", message_id=99))
    assert not _is_opted_out(account)
    post(update("text", chat, text="/stop", message_id=100))
    post(update("text", chat, text="/start", message_id=99))  # brought again, late
    assert _is_opted_out(account)


def _is_opted_out(account: ContactPoint) -> bool:
    account.refresh_from_db()
    return account.opted_out_at is not None


def test_help_is_answered_without_the_engine(post: Post, chat: int) -> None:
    post(update("text", chat, text="/aide"))
    assert "0 800 94 94 08" in _texts(Author.SYSTEM)[0]
    assert not Turn.objects.exists()


def test_a_number_is_asked_for_with_telegrams_own_button(post: Post, chat: int) -> None:
    asked = json.loads(post(update("text", chat, text="/numero")).content)
    assert asked["method"] == "sendMessage"
    assert asked["reply_markup"]["keyboard"][0][0]["request_contact"] is True


def test_a_voice_message_is_declined_politely_once(post: Post, chat: int) -> None:
    for _ in range(2):
        post(update("voice", chat))
    (told,) = _texts(Author.SYSTEM)
    assert "photo" in told


def test_groups_are_politely_refused_and_nothing_is_kept(post: Post, chat: int) -> None:
    called = update("group_command")
    called["message"]["chat"]["id"] = -chat
    answer = json.loads(post(called).content)
    assert (answer["method"], answer["chat_id"]) == ("sendMessage", -chat)
    assert "privée" in answer["text"]
    assert post(called).content == b""  # not at every word
    assert _nothing_is_stored()


def test_who_blocks_the_bot_is_sent_nothing_unasked(
    post: Post, chat: int, account: ContactPoint
) -> None:
    post(update("blocked", chat))
    account.refresh_from_db()
    assert account.opted_out_at is not None


def test_a_blocked_sender_meets_silence(post: Post, chat: int) -> None:
    post(update("text", chat))
    conversation_block(conversation_id=Conversation.objects.get().pk)
    post(update("text", chat, text="Encore", message_id=99))
    post(update("voice", chat))
    assert Message.objects.count() == 1


def test_a_text_that_is_too_long_is_said_so(post: Post, chat: int) -> None:
    for _ in range(2):
        post(update("text", chat, text="x" * 2001))
    assert _texts(Author.CITIZEN) == []
    (told,) = _texts(Author.SYSTEM)
    assert "trop long" in told
