"""Who answers: one of those who want to, fenced against the assistant, and never a ghost."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client
from django.utils import timezone

from agent_console.citizens.models import ContactPoint
from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.desk.errors import ColleagueUnknown, HeldBy, NotHeld
from agent_console.conversations.desk.models import (
    Attendance,
    DeskEntry,
    EntryKind,
    Team,
    WaitingReason,
)
from agent_console.conversations.desk.presence import viewer_note, viewers_of
from agent_console.conversations.desk.releasing import absent_release
from agent_console.conversations.desk.selectors import queue_count
from agent_console.conversations.desk.taking import (
    conversation_hand_back,
    conversation_release,
    conversation_take,
    conversation_transfer,
)
from agent_console.conversations.errors import PermissionMissing
from agent_console.conversations.models import Author, Conversation, Handler, Turn, TurnState
from agent_console.conversations.ports import Reply, TurnResult
from agent_console.conversations.services import receive_message, turn_complete

ANSWER = "conversations.answer_conversation"
MANAGE = "conversations.manage_desk"


@pytest.fixture
def camille(make_user: Callable[..., User]) -> User:
    return make_user("camille", ANSWER)


@pytest.fixture
def nadia(make_user: Callable[..., User]) -> User:
    return make_user("nadia", ANSWER)


def _say(contact_point: ContactPoint, text: str = "Et alors ?") -> None:
    receive_message(contact_point=contact_point, external_id=f"x:{uuid.uuid4()}", text=text)


def _told(conversation: Conversation) -> list[str]:
    said = conversation.messages.filter(author=Author.SYSTEM).order_by("seq")
    return list(said.values_list("text", flat=True))


def _promised(conversation: Conversation, reason: WaitingReason = WaitingReason.ASKED) -> None:
    turn = Turn.objects.filter(conversation=conversation, state=TurnState.WAITING).get()
    reply = Reply("Un conseiller vous répond ici.", [])
    turn_complete(turn_id=turn.id, result=TurnResult([reply], "talk_to_human", 0.9, person=reason))


def test_who_asks_for_a_person_stands_in_the_queue_and_keeps_their_place(
    conversation: Conversation,
) -> None:
    _promised(conversation)
    conversation.refresh_from_db()
    since = conversation.waiting_since
    assert since is not None
    assert conversation.handler == Handler.BOT
    assert queue_count() == 1
    _say(conversation.contact_point)
    _promised(conversation, WaitingReason.NOT_UNDERSTOOD)
    conversation.refresh_from_db()
    assert (conversation.waiting_since, conversation.waiting_reason) == (since, "asked")
    assert DeskEntry.objects.filter(kind=EntryKind.ASKED).count() == 1


def test_a_reply_computed_before_the_take_over_is_discarded(
    conversation: Conversation, camille: User
) -> None:
    turn = Turn.objects.get()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    late = TurnResult([Reply("trop tard", [])], "greet", 1.0, person=WaitingReason.ASKED)
    assert not turn_complete(turn_id=turn.id, result=late)
    # Also once it is the assistant's again: that thought is from before.
    conversation_hand_back(conversation_id=conversation.pk, actor=camille)
    assert not turn_complete(turn_id=turn.id, result=late)
    conversation.refresh_from_db()
    assert conversation.fence == 2
    assert conversation.waiting_since is None
    assert not conversation.messages.filter(author=Author.BOT).exists()
    _say(conversation.contact_point)
    assert Turn.objects.filter(state=TurnState.WAITING, fence=2).count() == 1


def test_taking_again_is_the_same_and_the_second_agent_learns_whose_it_is(
    conversation: Conversation, camille: User, nadia: User, make_user: Callable[..., User]
) -> None:
    for _ in range(2):
        conversation_take(conversation_id=conversation.pk, actor=camille)
    with pytest.raises(HeldBy) as refused:
        conversation_take(conversation_id=conversation.pk, actor=nadia)
    assert refused.value.holder == camille
    with pytest.raises(HeldBy):
        conversation_hand_back(conversation_id=conversation.pk, actor=nadia)
    with pytest.raises(PermissionMissing):
        conversation_take(conversation_id=conversation.pk, actor=make_user("lecteur"))
    assert len(_told(conversation)) == 1
    assert "conseiller" in _told(conversation)[0]


def test_while_an_agent_answers_the_person_waits_for_them_not_for_the_assistant(
    conversation: Conversation, camille: User
) -> None:
    conversation_take(conversation_id=conversation.pk, actor=camille)
    turns = Turn.objects.count()
    _say(conversation.contact_point)
    assert Turn.objects.count() == turns
    conversation.refresh_from_db()
    assert conversation.waiting_since is not None
    assert queue_count() == 0


@pytest.mark.parametrize("summary", ["", "Votre bac sera changé <mardi> & gratuit."])
def test_handed_back_with_or_without_a_summary(
    conversation: Conversation, camille: User, summary: str
) -> None:
    conversation_take(conversation_id=conversation.pk, actor=camille)
    _say(conversation.contact_point)
    for _ in range(2):
        conversation_hand_back(conversation_id=conversation.pk, actor=camille, summary=summary)
    conversation.refresh_from_db()
    assert conversation.handler == Handler.BOT
    assert conversation.holder is None
    assert conversation.waiting_since is None
    told = _told(conversation)
    assert len(told) == 2
    assert ("En résumé" in told[1]) == bool(summary)
    assert summary in told[1]


def test_handed_on_to_a_colleague_or_a_team(
    conversation: Conversation, camille: User, nadia: User, make_user: Callable[..., User]
) -> None:
    team = Team.objects.create(name="Propreté")
    with pytest.raises(NotHeld):
        conversation_transfer(conversation_id=conversation.pk, actor=camille, colleague=nadia)
    conversation_take(conversation_id=conversation.pk, actor=camille)
    for wrong in ({}, {"colleague": make_user("lecteur")}, {"colleague": nadia, "team": team}):
        with pytest.raises(ColleagueUnknown):
            conversation_transfer(conversation_id=conversation.pk, actor=camille, **wrong)
    conversation_transfer(
        conversation_id=conversation.pk, actor=camille, colleague=nadia, text="Pour toi"
    )
    conversation.refresh_from_db()
    assert conversation.holder == nadia
    assert conversation.waiting_since is not None
    with pytest.raises(HeldBy):
        conversation_transfer(conversation_id=conversation.pk, actor=camille, team=team)
    conversation_transfer(conversation_id=conversation.pk, actor=nadia, team=team)
    conversation.refresh_from_db()
    assert conversation.holder_id is None
    assert conversation.team == team
    assert conversation.handler == Handler.AGENT
    assert queue_count() == 1
    manager = make_user("chef", ANSWER, MANAGE)
    conversation_transfer(conversation_id=conversation.pk, actor=manager, colleague=camille)
    conversation.refresh_from_db()
    assert conversation.holder == camille
    assert conversation.team_id is None


def test_what_the_absent_hold_goes_back_to_the_queue(
    conversation: Conversation, camille: User
) -> None:
    conversation_take(conversation_id=conversation.pk, actor=camille)
    now = timezone.now()
    assert absent_release(now=now + timedelta(minutes=9)) == 0
    assert absent_release(now=now + timedelta(minutes=11)) == 1
    assert absent_release(now=now + timedelta(minutes=11)) == 0
    conversation.refresh_from_db()
    assert (conversation.holder, conversation.waiting_reason) == (None, "returned")
    assert queue_count() == 1
    assert "absenter" in _told(conversation)[-1]
    # It was taken up by somebody else between the look and the lock: nothing is released.
    assert not conversation_release(conversation_id=conversation.pk, holder_id=camille.pk)


def test_who_signs_out_or_is_shut_out_holds_nothing(
    conversation: Conversation, camille: User
) -> None:
    conversation_take(conversation_id=conversation.pk, actor=camille)
    browser = Client()
    browser.force_login(camille)
    browser.logout()
    conversation.refresh_from_db()
    assert conversation.holder is None
    conversation_take(conversation_id=conversation.pk, actor=camille)
    User.objects.filter(pk=camille.pk).update(is_active=False)
    assert absent_release(now=timezone.now()) == 1


def test_colleagues_see_who_looks_and_who_writes(
    conversation: Conversation, camille: User, nadia: User
) -> None:
    viewer_note(conversation_id=conversation.pk, user=camille, is_typing=True, is_active=True)
    viewer_note(conversation_id=conversation.pk, user=nadia, is_typing=False, is_active=False)
    assert viewers_of(conversation_id=conversation.pk, beside=nadia) == [(camille, True)]
    assert viewers_of(conversation_id=conversation.pk, beside=camille) == [(nadia, False)]
    assert set(Attendance.objects.values_list("user", flat=True)) == {camille.pk}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_of_many_who_take_at_once_one_has_it(make_user: Callable[..., User]) -> None:
    contact_point = web_contact_open(token=web_token_new())
    _say(contact_point)
    conversation = Conversation.objects.get()
    agents = [make_user(f"agent{number}", ANSWER) for number in range(6)]
    barrier = threading.Barrier(len(agents) + 1)
    holders: list[User] = []
    refused: list[User] = []

    def take(agent: User) -> None:
        barrier.wait()
        try:
            conversation_take(conversation_id=conversation.pk, actor=agent)
            holders.append(agent)
        except HeldBy as taken:
            refused.append(taken.holder)
        finally:
            connections.close_all()

    def answer() -> None:
        turn = Turn.objects.get()
        barrier.wait()
        try:
            turn_complete(turn_id=turn.id, result=TurnResult([Reply("Bot", [])], "greet", 1.0))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=take, args=(agent,)) for agent in agents]
    threads.append(threading.Thread(target=answer))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (holder,) = holders
    assert refused == [holder] * 5
    conversation.refresh_from_db()
    assert (conversation.holder, conversation.fence) == (holder, 1)
    # The assistant either spoke before the agent came, or not at all.
    authors = list(conversation.messages.order_by("seq").values_list("author", flat=True))
    assert authors in (["citizen", "system"], ["citizen", "bot", "system"])
