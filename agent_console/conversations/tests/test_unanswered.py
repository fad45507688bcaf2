"""Nobody came: the person is told once, in their language, and how else to reach somebody."""

import threading
import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections
from pytest_django import Settings

from agent_console.citizens.services import contact_opt_out, web_contact_open, web_token_new
from agent_console.conversations.desk.models import WaitingReason
from agent_console.conversations.desk.taking import conversation_release, conversation_take
from agent_console.conversations.desk.waiting import person_asked
from agent_console.conversations.models import (
    Author,
    Conversation,
    Delivery,
    Message,
    Notice,
    QuietHours,
)
from agent_console.conversations.routing.models import AssignmentRules
from agent_console.conversations.routing.unanswered import unanswered_tell
from agent_console.conversations.services import receive_message
from agent_console.french_days import PARIS

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=PARIS)  # a Tuesday
EVENING = datetime(2026, 3, 3, 19, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def _open_by_day(settings: Settings) -> None:
    settings.HELP_DESK_HOURS = "8-18"


def waiting(
    since: datetime = NOON,
    *,
    channel: str = "web",
    locale: str = "fr",
    reason: WaitingReason = WaitingReason.ASKED,
) -> Conversation:
    contact = web_contact_open(token=web_token_new())
    said = receive_message(contact_point=contact, external_id=f"x:{uuid.uuid4()}", text="Allô ?")
    found = Conversation.objects.filter(pk=said.conversation_id)
    person_asked(found.get(), reason=reason)
    found.update(channel=channel, locale=locale, waiting_since=since)
    return found.get()


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def told() -> list[str]:
    found = Message.objects.filter(author=Author.SYSTEM, text__contains="0 800 94 94 08")
    return list(found.order_by("pk").values_list("text", flat=True))


def test_after_ten_minutes_they_are_told_once_and_keep_their_place() -> None:
    conversation = waiting()
    assert unanswered_tell(now=NOON + minutes(9)) == 0
    assert unanswered_tell(now=NOON + minutes(10)) == 1
    assert unanswered_tell(now=NOON + minutes(90)) == 0
    (text,) = told()
    assert text == (
        "Nous sommes désolés : personne n’a encore pu vous répondre ici. Votre demande est gardée"
        " et reste dans la file. Vous pouvez aussi appeler le 0 800 94 94 08, du lundi au vendredi"
        " de 8\u00a0h à 18\u00a0h, appel gratuit. Un conseiller peut aussi vous rappeler. Écrivez"
        " « Rappelez-moi au » suivi de votre numéro."
    )
    conversation.refresh_from_db()
    assert conversation.waiting_since == NOON
    assert Delivery.objects.filter(message__text=text).count() == 1


@pytest.mark.parametrize(
    ("channel", "locale", "words"),
    [
        ("sms", "fr", "Écrivez « Rappelez-moi »."),
        ("sms", "en", "Write “Call me back”."),
        ("telegram", "en", "Monday to Friday from 8:00 to 18:00"),
    ],
)
def test_in_their_language_by_their_channel(channel: str, locale: str, words: str) -> None:
    waiting(channel=channel, locale=locale)
    assert unanswered_tell(now=NOON + minutes(10)) == 1
    assert words in told()[0]


def test_a_supervisor_sets_the_minutes_and_an_open_house_says_so(settings: Settings) -> None:
    settings.HELP_DESK_HOURS = "0-24"
    AssignmentRules.objects.create(told_after_min=30)
    waiting()
    assert unanswered_tell(now=NOON + minutes(29)) == 0
    assert unanswered_tell(now=NOON + minutes(30)) == 1
    assert "jour et nuit" in told()[0]


def test_who_was_promised_the_next_hours_is_told_after_they_began() -> None:
    waiting(EVENING)
    assert unanswered_tell(now=EVENING + minutes(60)) == 0
    opening = datetime(2026, 3, 4, 8, 0, tzinfo=PARIS)
    assert unanswered_tell(now=opening + minutes(9)) == 0
    assert unanswered_tell(now=opening + minutes(10)) == 1


def test_who_was_left_by_an_agent_is_told_in_the_evening_too_and_no_assistant_is_promised(
    make_user: Callable[..., User],
) -> None:
    conversation, agent = (
        waiting(EVENING),
        make_user("camille", "conversations.answer_conversation"),
    )
    conversation_take(conversation_id=conversation.pk, actor=agent)
    assert unanswered_tell(now=EVENING + minutes(60)) == 0  # somebody has it
    conversation_release(conversation_id=conversation.pk, holder_id=agent.pk)
    assert unanswered_tell(now=EVENING + minutes(60)) == 1
    assert "Rappelez-moi" not in told()[0]


def test_a_telephone_does_not_ring_in_quiet_hours() -> None:
    QuietHours.objects.create(starts_at=time(19), ends_at=time(8))
    waiting(EVENING, channel="sms", reason=WaitingReason.RETURNED)
    waiting(EVENING, channel="web", reason=WaitingReason.RETURNED)
    assert unanswered_tell(now=EVENING + minutes(10)) == 1
    morning = datetime(2026, 3, 4, 8, 0, tzinfo=PARIS)
    assert unanswered_tell(now=morning) == 1


def test_it_is_an_answer_and_no_news_and_says_nothing_to_a_blocked_sender() -> None:
    conversation = waiting()
    contact_opt_out(contact_point_id=conversation.contact_point_id)
    blocked = waiting()
    Conversation.objects.filter(pk=blocked.pk).update(blocked_at=NOON)
    assert unanswered_tell(now=NOON + minutes(10)) == 1
    assert not Notice.objects.exists()


def test_whoever_waits_again_is_told_again() -> None:
    conversation = waiting()
    unanswered_tell(now=NOON + minutes(10))
    again = NOON + minutes(120)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=again)
    assert unanswered_tell(now=again + minutes(9)) == 0
    assert unanswered_tell(now=again + minutes(10)) == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_two_workers_at_once_tell_it_once() -> None:
    waiting()
    barrier = threading.Barrier(3)
    counted: list[int] = []

    def work() -> None:
        barrier.wait()
        try:
            counted.append(unanswered_tell(now=NOON + minutes(10)))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counted) == [0, 0, 1]
    assert len(told()) == 1
