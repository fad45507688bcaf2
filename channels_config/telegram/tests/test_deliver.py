"""Delivering by the real python-telegram-bot over HTTP, to a provider that may be ill."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings
from werkzeug import Response

from agent_console.citizens.models import ContactPoint
from agent_console.conversations.errors import DeliveryFailed, MediaUnavailable
from agent_console.conversations.media import attachments_fetch
from agent_console.conversations.models import Attachment, Author, Delivery, Message
from agent_console.conversations.outgoing import append_outgoing
from agent_console.conversations.ports import Reply, photo_store
from agent_console.conversations.receiving import Incoming, receive
from agent_console.conversations.turns import deliver_queued
from agent_console.photos.models import Photo
from agent_console.photos.tests.pictures import encoded, scene
from channels_config.telegram import client as telegram_client
from channels_config.telegram.marking import choice_mark
from channels_config.telegram.polling import poll

from .payloads import update
from .telegram_double import TelegramDouble, failure

_OFFERED = [{"title": "Oui", "payload": "oui " * 40}, {"title": "Non", "payload": "non"}]


def _received(account: ContactPoint, **given: object) -> Message:
    message = receive(
        contact_point=account,
        incoming=Incoming(external_id=f"telegram:{uuid.uuid4()}", **given),  # type: ignore[arg-type]
    )
    assert message is not None
    return message


def _queued(account: ContactPoint, *replies: Reply) -> uuid.UUID:
    message = _received(account, text="Bonjour")
    append_outgoing(
        message.conversation,
        author=Author.BOT,
        replies=list(replies),
        cause=f"turn:{uuid.uuid4()}",
    )
    return message.conversation_id


def _states() -> list[tuple[str, str, int]]:
    return list(Delivery.objects.order_by("pk").values_list("state", "error_code", "attempts"))


def test_choices_are_an_inline_keyboard_and_words_are_never_markup(
    bot_api: TelegramDouble, account: ContactPoint, chat: int
) -> None:
    conversation_id = _queued(account, Reply("<b>*C'est* bien _cela_ ?</b>", _OFFERED))
    deliver_queued(conversation_id=conversation_id, last_try=False)
    (sent,) = bot_api.calls("sendMessage")
    assert sent["chat_id"] == chat
    assert sent["text"] == "<b>*C'est* bien _cela_ ?</b>"
    assert sent["reply_markup"]["inline_keyboard"] == [
        [{"text": "Oui", "callback_data": "c:2:0"}, {"text": "Non", "callback_data": "c:2:1"}]
    ]
    assert Delivery.objects.get().external_id == "1001"


@pytest.mark.parametrize("length", [1024, 1025])
def test_an_agents_photo_comes_with_its_words_in_one_call_where_they_fit(
    bot_api: TelegramDouble, account: ContactPoint, chat: int, photo_files: Path, length: int
) -> None:
    said = _received(account, text="Et alors ?")
    append_outgoing(
        said.conversation,
        author=Author.AGENT,
        replies=[Reply("a" * length, [])],
        cause=f"reply:{uuid.uuid4()}",
    )
    photo_id = photo_store().store(encoded(scene(1)))
    sent = Message.objects.get(author=Author.AGENT)
    Attachment.objects.create(message=sent, position=0, state="stored", photo_id=photo_id)
    deliver_queued(conversation_id=said.conversation_id, last_try=False)
    (call,) = bot_api.calls("sendPhoto")
    assert call["photo"] == photo_store().content(photo_id)
    assert call["chat_id"] == chat
    fits = length == 1024
    assert call.get("caption", "") == ("a" * length if fits else "")
    assert bot_api.texts() == ([] if fits else ["a" * length])
    assert _states() == [("sent", "", 1)]


def test_a_photo_that_is_gone_fails_for_good(
    bot_api: TelegramDouble, account: ContactPoint
) -> None:
    said = _received(account, text="Et alors ?")
    append_outgoing(
        said.conversation, author=Author.AGENT, replies=[Reply("Voilà", [])], cause="reply:gone"
    )
    sent = Message.objects.get(author=Author.AGENT)
    Attachment.objects.create(message=sent, position=0, state="stored", photo_id=uuid.uuid4())
    deliver_queued(conversation_id=said.conversation_id, last_try=False)
    assert _states()[0][0] == "failed"
    assert bot_api.asked == []


def test_the_keyboard_shows_what_was_chosen(
    bot_api: TelegramDouble, account: ContactPoint, chat: int
) -> None:
    deliver_queued(conversation_id=_queued(account, Reply("?", _OFFERED)), last_try=False)
    chosen = _received(account, text="Oui", choice="oui")
    for _ in range(2):
        choice_mark(message_id=chosen.pk, seq=2)
    edited = bot_api.calls("editMessageReplyMarkup")[0]
    assert (edited["chat_id"], edited["message_id"]) == (chat, 1001)
    assert edited["reply_markup"]["inline_keyboard"][0][0]["text"] == "✓ Oui"


def test_a_long_text_goes_in_parts_with_the_choices_below_the_last(
    bot_api: TelegramDouble, account: ContactPoint
) -> None:
    text = " ".join(["mot😀"] * 1200)
    deliver_queued(conversation_id=_queued(account, Reply(text, _OFFERED)), last_try=False)
    first, last = bot_api.calls("sendMessage")
    assert "reply_markup" not in first
    assert "reply_markup" in last
    assert " ".join(bot_api.texts()) == text


@pytest.mark.parametrize(
    ("status", "description", "code"),
    [
        (403, "Forbidden: bot was blocked by the user", "blocked_by_recipient"),
        (400, "Bad Request: chat not found", "address_invalid"),
        (400, "Bad Request: message is too long", "content_refused"),
        (401, "Unauthorized", "credentials_refused"),
    ],
)
def test_what_does_not_pass_is_written_down_and_the_next_goes_on(
    bot_api: TelegramDouble, account: ContactPoint, status: int, description: str, code: str
) -> None:
    bot_api.answers = [failure(status, description)]
    conversation_id = _queued(account, Reply("un", []), Reply("deux", []))
    deliver_queued(conversation_id=conversation_id, last_try=False)
    assert _states() == [("failed", code, 1), ("sent", "", 1)]


@pytest.mark.parametrize(
    ("answer", "code", "retry_after_s"),
    [
        (failure(429, "Too Many Requests", retry_after=17), "rate_limited", 17.0),
        (failure(500, "Internal Server Error"), "provider_unavailable", None),
        (failure(502, "Bad Gateway"), "provider_unavailable", None),
        (lambda: Response("<html>", status=200), "provider_unavailable", None),
    ],
)
def test_what_passes_is_tried_again(
    bot_api: TelegramDouble,
    account: ContactPoint,
    answer: object,
    code: str,
    retry_after_s: float | None,
) -> None:
    bot_api.answers = [answer]  # type: ignore[list-item]
    conversation_id = _queued(account, Reply("un", []))
    with pytest.raises(DeliveryFailed) as failed:
        deliver_queued(conversation_id=conversation_id, last_try=False)
    assert failed.value.retry_after_s == retry_after_s
    assert _states() == [("queued", code, 1)]
    deliver_queued(conversation_id=conversation_id, last_try=False)
    assert _states() == [("sent", "", 2)]


def test_a_body_that_trickles_in_is_not_waited_for(
    bot_api: TelegramDouble, account: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telegram_client, "TOTAL_S", 0.3)

    def trickle() -> Iterator[bytes]:
        for _ in range(200):
            time.sleep(0.02)  # the provider's slowness itself
            yield b" "

    bot_api.answers = [lambda: Response(trickle(), content_type="application/json")]
    with pytest.raises(DeliveryFailed) as failed:
        deliver_queued(conversation_id=_queued(account, Reply("un", [])), last_try=False)
    assert not failed.value.permanent


def test_a_burst_to_one_chat_is_slowed_before_telegram_says_so(
    bot_api: TelegramDouble, account: ContactPoint
) -> None:
    conversation_id = _queued(account, *[Reply(str(number), []) for number in range(6)])
    with pytest.raises(DeliveryFailed) as failed:
        deliver_queued(conversation_id=conversation_id, last_try=False)
    assert failed.value.code == "rate_limited"
    assert failed.value.retry_after_s
    assert bot_api.texts() == ["0", "1", "2", "3"]


def test_a_picture_becomes_a_photo(
    bot_api: TelegramDouble, account: ContactPoint, photo_files: Path
) -> None:
    bot_api.files["AgAC"] = encoded(scene(1), "JPEG")
    message = _received(account, attachments=["AgAC"])
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().photo_id == Photo.objects.get().pk


def test_a_picture_that_is_too_large_is_not_fetched(
    bot_api: TelegramDouble, account: ContactPoint, photo_files: Path
) -> None:
    bot_api.sizes["AgAC"] = 10_000_001
    message = _received(account, attachments=["AgAC"])
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().error_code == "photo_too_large"


def test_a_picture_that_telegram_can_not_give_now_is_tried_again(
    bot_api: TelegramDouble, account: ContactPoint, photo_files: Path
) -> None:
    bot_api.files["AgAC"] = encoded(scene(1), "JPEG")
    bot_api.answers = [failure(500, "Internal Server Error")]
    message = _received(account, attachments=["AgAC"])
    with pytest.raises(MediaUnavailable):
        attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert Attachment.objects.get().state == "stored"


def test_setwebhook_registers_and_check_agrees(
    bot_api: TelegramDouble, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("telegram", "setwebhook")
    (given,) = bot_api.calls("setWebhook")
    assert given["url"] == "https://mdmp.example/channels/telegram/webhook"
    assert given["secret_token"] == "s" * 40
    assert [menu.get("language_code") for menu in bot_api.calls("setMyCommands")] == [None, "en"]
    call_command("telegram", "check")
    assert "s" * 40 not in capsys.readouterr().out


def test_check_fails_when_another_webhook_is_registered(bot_api: TelegramDouble) -> None:
    bot_api.webhook = {"url": "https://elsewhere.example/"}
    with pytest.raises(SystemExit):
        call_command("telegram", "check")


def test_setwebhook_needs_https_and_a_secret(bot_api: TelegramDouble, settings: Settings) -> None:
    settings.PUBLIC_BASE_URL = "http://localhost:8000"
    with pytest.raises(CommandError, match="https"):
        call_command("telegram", "setwebhook")
    settings.TELEGRAM_WEBHOOK_SECRET = "short"
    with pytest.raises(CommandError, match="SECRET"):
        call_command("telegram", "setwebhook")


@pytest.mark.django_db(transaction=True)
def test_polling_takes_in_what_waits_and_answers_buttons(
    bot_api: TelegramDouble, chat: int, committed_jobs: None
) -> None:
    bot_api.updates = [update("text", chat), update("callback", chat, data="-")]
    rounds = iter([True, True, False])
    poll(goes_on=lambda: next(rounds))
    assert Message.objects.get().text.startswith("Bonjour")
    assert bot_api.calls("deleteWebhook")
    assert [call.get("offset") for call in bot_api.calls("getUpdates")] == [None, 900000007]
    assert len(bot_api.calls("answerCallbackQuery")) == 1
