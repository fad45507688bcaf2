"""The question about satisfaction: who is asked, when, and what counts as its answer."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.citizens.services import contact_opt_out, web_contact_open, web_token_new
from agent_console.conversations.models import (
    Alert,
    Author,
    Conversation,
    Message,
    QuietHours,
    SatisfactionQuestion,
    Turn,
    TurnState,
)
from agent_console.conversations.ports import Reply, TurnResult
from agent_console.conversations.receiving import Incoming, receive
from agent_console.conversations.satisfaction import ASKED_EVERY, PREFIX, questions_ask
from agent_console.conversations.services import notice_send, receive_message, turn_complete
from agent_console.french_days import PARIS

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 3, 3, 23, 0, tzinfo=PARIS)  # a Tuesday


@pytest.fixture(autouse=True)
def never_quiet(db: None) -> None:
    """Whatever hour and day it is."""
    QuietHours.objects.create(
        starts_at=time(8), ends_at=time(8), are_sundays_quiet=False, are_holidays_quiet=False
    )


def _exchange(
    *, channel: str = "web", now: datetime | None = None, form: str = "", hours: float = 2
) -> Conversation:
    """Somebody asked and was answered, ``hours`` before ``now``."""
    contact = web_contact_open(token=web_token_new())
    message = receive_message(
        contact_point=contact, external_id=f"{contact.pk}:{uuid.uuid4()}", text="Bonjour"
    )
    result = TurnResult([Reply("Voilà.", [])], intent="greet", confidence=0.9, form=form)
    turn_complete(turn_id=message.turn.pk, result=result)
    ContactPoint.objects.filter(pk=contact.pk).update(kind=channel, address_sealed=b"sealed")
    at = (now or timezone.now()) - timedelta(hours=hours)
    talk = Conversation.objects.filter(contact_point=contact)
    talk.update(channel=channel, last_message_at=at)
    Message.objects.filter(conversation__in=talk).update(channel=channel, created_at=at)
    return talk.get()


def _say(conversation: Conversation, text: str, *, choice: str = "") -> Message:
    message = receive(
        contact_point=conversation.contact_point,
        incoming=Incoming(external_id=str(uuid.uuid4()), text=text, choice=choice),
    )
    assert message is not None
    return message


def _is_turn(message: Message) -> bool:
    return Turn.objects.filter(message=message).exists()


def _asked(conversation: Conversation) -> SatisfactionQuestion:
    assert questions_ask(now=timezone.now()) == 1
    return SatisfactionQuestion.objects.get(conversation=conversation)


@pytest.mark.parametrize(
    ("channel", "titles"),
    [("web", ["1", "2", "3", "4", "5"]), ("telegram", ["1", "2", "3", "4", "5"]), ("sms", [])],
)
def test_who_was_answered_is_asked_once_an_hour_later(channel: str, titles: list[str]) -> None:
    conversation = _exchange(channel=channel)
    question = _asked(conversation)
    assert questions_ask(now=timezone.now() + timedelta(hours=3)) == 0
    said = conversation.messages.get(author=Author.SYSTEM)
    assert said.external_id == f"{PREFIX}{question.pk}:0"
    assert "De 1" in said.text
    assert [button["title"] for button in said.buttons] == titles
    assert said.delivery is not None


def test_nobody_is_asked_too_early_or_too_late() -> None:
    _exchange(hours=0.9)
    _exchange(hours=24.1)
    assert questions_ask(now=timezone.now()) == 0
    assert questions_ask(now=timezone.now() + timedelta(minutes=10)) == 1


def test_nobody_is_asked_while_something_is_open() -> None:
    now = timezone.now()
    _exchange(form="report_form")
    _exchange(channel="voice")
    ContactPoint.objects.filter(pk=_exchange(channel="sms").contact_point_id).update(
        address_sealed=None
    )
    Conversation.objects.filter(pk=_exchange().pk).update(waiting_since=now)
    Conversation.objects.filter(pk=_exchange().pk).update(handler="agent")
    Conversation.objects.filter(pk=_exchange().pk).update(blocked_at=now)
    contact_opt_out(contact_point_id=_exchange().contact_point_id)
    Alert.objects.create(conversation=_exchange(), ended_at=None)
    unanswered = _exchange()
    Message.objects.filter(conversation=unanswered).update(author=Author.CITIZEN)
    assert questions_ask(now=now) == 0


def test_in_quiet_hours_only_those_whose_channel_is_silent_are_asked() -> None:
    QuietHours.objects.update(starts_at=time(21), ends_at=time(8))
    sms, web = _exchange(channel="sms", now=NIGHT), _exchange(now=NIGHT)
    assert questions_ask(now=NIGHT) == 1
    assert SatisfactionQuestion.objects.get().conversation == web
    QuietHours.objects.update(starts_at=time(8))  # notices look at the true clock
    assert questions_ask(now=NIGHT + timedelta(hours=10)) == 1
    assert SatisfactionQuestion.objects.filter(conversation=sms).exists()


def test_a_person_is_asked_every_thirty_days_at_most_whichever_channel_they_use() -> None:
    resident, now = Resident.objects.create(), timezone.now()
    one, other = _exchange(), _exchange(channel="sms")
    ContactPoint.objects.update(resident=resident)
    assert questions_ask(now=now) == 1
    assert questions_ask(now=now) == 0
    SatisfactionQuestion.objects.update(asked_at=now - ASKED_EVERY)
    asked = SatisfactionQuestion.objects.get().conversation
    assert questions_ask(now=now) == 1
    assert {one, other} >= {asked}


@pytest.mark.parametrize("channel", ["web", "sms", "telegram"])
def test_a_bare_digit_answers_and_thanks_are_said(channel: str) -> None:
    conversation = _exchange(channel=channel)
    question = _asked(conversation)
    message = _say(conversation, " 4 ")
    question.refresh_from_db()
    assert question.score == 4
    assert message.choice == f"{PREFIX}{question.pk}:4"
    assert not _is_turn(message)
    newest = conversation.messages.order_by("-seq").first()
    assert newest is not None
    assert newest.text.startswith("Merci")
    assert _is_turn(_say(conversation, "2"))  # what follows is the assistant's again
    question.refresh_from_db()
    assert question.score == 4


def test_a_button_answers_once_and_is_never_a_word_to_the_assistant() -> None:
    conversation = _exchange()
    question = _asked(conversation)
    payload = f"{PREFIX}{question.pk}"
    _say(conversation, "Autre chose")
    assert not _is_turn(_say(conversation, "5", choice=f"{payload}:5"))
    assert not _is_turn(_say(conversation, "1", choice=f"{payload}:1"))
    question.refresh_from_db()
    assert question.score == 5
    assert conversation.messages.filter(text__startswith="Merci").count() == 1


@pytest.mark.parametrize("text", ["0", "6", "45", "4 chaises", "quatre", "4."])
def test_other_words_are_the_assistants(text: str) -> None:
    conversation = _exchange()
    question = _asked(conversation)
    assert _is_turn(_say(conversation, text))
    question.refresh_from_db()
    assert question.score is None


def test_a_digit_after_something_else_was_said_or_asked_is_not_the_answer() -> None:
    spoke, asked, told = _exchange(), _exchange(), _exchange()
    assert questions_ask(now=timezone.now()) == 3
    _say(spoke, "Je veux signaler un trou")
    buttons = [{"title": "Oui", "payload": "Oui"}]
    notice_send(conversation_id=asked.pk, cause="t:1", text="C’est réglé ?", buttons=buttons)
    notice_send(conversation_id=told.pk, cause="t:1", text="Validé")  # news hide no question
    assert _is_turn(_say(spoke, "4"))
    assert _is_turn(_say(asked, "1"))
    assert not _is_turn(_say(told, "3"))
    assert list(SatisfactionQuestion.objects.values_list("score", flat=True).order_by("score")) == [
        3, None, None,
    ]  # fmt: skip


def test_after_two_days_a_digit_is_the_assistants_and_a_button_says_nothing() -> None:
    conversation = _exchange()
    question = _asked(conversation)
    late = timezone.now() - timedelta(hours=48, minutes=1)
    SatisfactionQuestion.objects.update(asked_at=late)
    assert not _is_turn(_say(conversation, "5", choice=f"{PREFIX}{question.pk}:5"))
    assert _is_turn(_say(conversation, "5"))
    question.refresh_from_db()
    assert question.score is None


@pytest.mark.parametrize("payload", ["", "x:4", ":", "{}:9", "{}:", "{}"])
def test_a_payload_that_is_none_of_ours_is_the_assistants(payload: str) -> None:
    conversation, other = _exchange(), _exchange()
    assert questions_ask(now=timezone.now()) == 2
    number = str(SatisfactionQuestion.objects.get(conversation=conversation).pk)
    assert _is_turn(_say(conversation, "?", choice=PREFIX + payload.format(number)))
    assert _is_turn(_say(other, "?", choice=f"{PREFIX}{number}:4"))  # somebody else's question
    assert not SatisfactionQuestion.objects.filter(score__isnull=False).exists()


def test_a_redelivered_answer_is_the_same_message() -> None:
    conversation = _exchange(channel="sms")
    _asked(conversation)
    incoming = Incoming(external_id="SM1", text="3")
    first = receive(contact_point=conversation.contact_point, incoming=incoming)
    again = receive(contact_point=conversation.contact_point, incoming=incoming)
    assert first == again
    assert conversation.messages.filter(author=Author.SYSTEM).count() == 2
    assert not Turn.objects.filter(conversation=conversation, state=TurnState.WAITING).exists()


def test_an_english_speaker_is_asked_in_english() -> None:
    conversation = _exchange()
    Conversation.objects.update(locale="en")
    _asked(conversation)
    _say(conversation, "5")
    texts = list(conversation.messages.filter(author=Author.SYSTEM).values_list("text", flat=True))
    assert texts[0].startswith("From 1")
    assert texts[1].startswith("Thank you")
