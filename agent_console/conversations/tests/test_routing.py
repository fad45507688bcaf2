"""Who is offered a conversation: in turn, within capacity and skills, once, and never for ever."""

import threading
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.citizens.services import web_contact_open, web_token_new
from agent_console.conversations.alerts import alert_raise
from agent_console.conversations.desk.errors import NotHeld
from agent_console.conversations.desk.models import Draft, Team, WaitingReason
from agent_console.conversations.desk.replying import agent_reply, draft_save
from agent_console.conversations.desk.taking import (
    conversation_hand_back,
    conversation_take,
    conversation_transfer,
)
from agent_console.conversations.desk.waiting import person_asked
from agent_console.conversations.errors import PermissionMissing
from agent_console.conversations.models import Conversation, Message
from agent_console.conversations.routing.assigning import (
    conversation_offer,
    conversations_assign,
    offer_decline,
)
from agent_console.conversations.routing.availability import GONE_AFTER, availability_seen
from agent_console.conversations.routing.leaving import availability_change
from agent_console.conversations.routing.models import (
    AssignmentRules,
    Availability,
    AvailabilityState,
    Offer,
    OfferState,
    RoutingChange,
    Skillset,
)
from agent_console.conversations.routing.offers import offer_step
from agent_console.conversations.routing.settings import ChangedMeanwhile, rules_save, skills_save
from agent_console.conversations.services import receive_message

ANSWER = "conversations.answer_conversation"
MANAGE = "conversations.manage_desk"
AVAILABLE, BUSY, AWAY = AvailabilityState


@pytest.fixture
def automatic(db: None) -> None:
    """A supervisor switched it on."""
    AssignmentRules.objects.create(is_automatic=True, answer_within_min=3)


@pytest.fixture
def agent(make_user: Callable[..., User]) -> Callable[..., User]:
    """Somebody who may answer and says that they are there."""

    def made(name: str, state: AvailabilityState = AVAILABLE, **skills: object) -> User:
        user = make_user(name, ANSWER)
        availability_change(user=user, state=state)
        if skills:
            Skillset.objects.create(user=user, **skills)
        return user

    return made


def waiting(*, channel: str = "web", locale: str = "fr") -> Conversation:
    """Somebody who asks for a person."""
    contact = web_contact_open(token=web_token_new())
    said = receive_message(contact_point=contact, external_id=f"x:{uuid.uuid4()}", text="Allô ?")
    Conversation.objects.filter(pk=said.conversation_id).update(channel=channel, locale=locale)
    conversation = Conversation.objects.get(pk=said.conversation_id)
    person_asked(conversation, reason=WaitingReason.ASKED)
    return conversation


def run(minutes: float = 0) -> int:
    """The job, later; whoever was there has a page open still."""
    now = timezone.now() + timedelta(minutes=minutes)
    Availability.objects.exclude(state=AWAY).update(seen_at=now)
    return conversations_assign(now=now)


def offered(conversation: Conversation) -> list[tuple[str, str]]:
    found = Offer.objects.filter(conversation=conversation).order_by("pk")
    return [(one.agent.username, one.state) for one in found.select_related("agent")]


def test_until_it_is_switched_on_the_queue_works_as_it_did(agent: Callable[..., User]) -> None:
    camille = agent("camille")
    conversation = waiting()
    assert run() == 0
    assert not Offer.objects.exists()
    assert not ProcrastinateJob.objects.filter(task_name="conversations.assign").exists()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    assert Conversation.objects.get().holder == camille


@pytest.mark.usefixtures("automatic")
def test_whoever_waits_longest_is_next_and_nobody_gets_more_than_they_can(
    agent: Callable[..., User],
) -> None:
    agent("camille", capacity=1)
    agent("nadia", capacity=2)
    agent("occupée", BUSY)
    agent("absente", AWAY)
    four = [waiting() for _ in range(4)]
    assert run() == 3
    assert [offered(one) for one in four] == [
        [("camille", "open")],
        [("nadia", "open")],
        [("nadia", "open")],
        [],
    ]
    camille, nadia = User.objects.get(username="camille"), User.objects.get(username="nadia")
    conversation_take(conversation_id=four[0].pk, actor=camille)
    assert run() == 0  # what they hold counts
    conversation_hand_back(conversation_id=four[0].pk, actor=camille)
    assert run() == 1
    assert offered(four[3]) == [("camille", "open")]
    assert Offer.objects.filter(agent=nadia, state=OfferState.OPEN).count() == 2


@pytest.mark.usefixtures("automatic")
def test_skills_and_danger_come_before_the_time_waited(agent: Callable[..., User]) -> None:
    agent("camille", channels=["web"], locales=["fr"])
    english, by_sms, french, urgent = (
        waiting(locale="en"),
        waiting(channel="sms"),
        waiting(),
        waiting(),
    )
    alert_raise(urgent)
    Skillset.objects.update(capacity=1)
    assert run() == 1
    assert offered(urgent) == [("camille", "open")]
    Skillset.objects.update(capacity=9)
    assert run() == 1
    assert offered(french) == [("camille", "open")]
    agent("nadia", channels=["web", "sms"], locales=["fr", "en"])
    assert run() == 2
    assert offered(english) == offered(by_sms) == [("nadia", "open")]


@pytest.mark.usefixtures("automatic")
def test_what_nobody_can_take_costs_nothing_however_much_of_it_waits(
    agent: Callable[..., User],
) -> None:
    agent("camille")
    waiting(locale="en")
    with CaptureQueriesContext(connection) as one:
        assert run() == 0
    for _ in range(4):
        waiting(locale="en")
    with CaptureQueriesContext(connection) as five:
        assert run() == 0
    assert len(five) == len(one)


@pytest.mark.usefixtures("automatic")
def test_what_was_handed_to_a_team_is_its_members(agent: Callable[..., User]) -> None:
    camille, nadia = agent("camille"), agent("nadia")
    team = Team.objects.create(name="Propreté")
    team.members.add(nadia)
    conversation = waiting()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    conversation_transfer(conversation_id=conversation.pk, actor=camille, team=team)
    assert run() == 1
    assert offered(conversation)[-1] == ("nadia", "open")


@pytest.mark.usefixtures("automatic")
def test_not_taken_in_time_it_is_the_next_ones_and_a_lone_agent_is_asked_again(
    agent: Callable[..., User],
) -> None:
    agent("camille")
    agent("nadia")
    conversation = waiting()
    run()
    assert run(minutes=2.9) == 0
    assert run(minutes=3) == 1
    assert offered(conversation) == [("camille", "expired"), ("nadia", "open")]
    availability_change(user=User.objects.get(username="nadia"), state=BUSY)
    assert offered(conversation)[-1] == ("nadia", "withdrawn")
    assert run(minutes=3) == 1
    assert offered(conversation)[-1] == ("camille", "open")
    # The person was told nothing of all this: nobody had it.
    assert not Message.objects.filter(author="system").exists()


@pytest.mark.usefixtures("automatic")
def test_taken_and_left_unanswered_it_goes_back_unless_the_agent_writes(
    agent: Callable[..., User],
) -> None:
    camille = agent("camille")
    agent("nadia", AWAY)
    conversation = waiting()
    run()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    assert offered(conversation) == [("camille", "taken")]
    draft_save(conversation_id=conversation.pk, actor=camille, key=uuid.uuid4(), text="Je rega")
    Draft.objects.update(updated_at=timezone.now() + timedelta(minutes=2))
    run(minutes=4)
    conversation.refresh_from_db()
    assert conversation.holder == camille  # they wrote two minutes ago
    availability_change(user=User.objects.get(username="nadia"), state=AVAILABLE)
    assert run(minutes=5.1) == 1
    conversation.refresh_from_db()
    assert conversation.holder_id is None
    assert conversation.waiting_reason == "returned"
    assert offered(conversation) == [("camille", "lapsed"), ("nadia", "open")]


@pytest.mark.usefixtures("automatic")
def test_an_answer_in_time_keeps_it(agent: Callable[..., User]) -> None:
    camille = agent("camille")
    conversation = waiting()
    run()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    conversation.refresh_from_db()
    agent_reply(
        conversation_id=conversation.pk,
        actor=camille,
        key=uuid.uuid4(),
        seen_seq=conversation.last_seq,
        text="Bonjour.",
    )
    assert offered(conversation) == [("camille", "done")]
    run(minutes=9)
    conversation.refresh_from_db()
    assert conversation.holder == camille


@pytest.mark.usefixtures("automatic")
@pytest.mark.parametrize("leaves", ["says so", "signs out", "pages gone"])
def test_what_somebody_has_who_leaves_is_offered_to_the_next(
    agent: Callable[..., User], leaves: str
) -> None:
    camille = agent("camille")
    held, asked = waiting(), waiting()
    run()
    conversation_take(conversation_id=held.pk, actor=camille)
    nadia = agent("nadia")
    now = timezone.now()
    if leaves == "says so":
        availability_change(user=camille, state=AWAY)
    elif leaves == "signs out":
        browser = Client()
        browser.force_login(camille)
        browser.logout()
    else:
        now += GONE_AFTER
        Availability.objects.filter(user=nadia).update(seen_at=now)
    assert conversations_assign(now=now) == 2
    held.refresh_from_db()
    assert held.holder is None
    assert offered(held)[-1] == offered(asked)[-1] == ("nadia", "open")
    assert Availability.objects.get(user=camille).state == AWAY
    availability_seen(user=camille)  # a page that was left open says nothing
    assert Availability.objects.get(user=camille).state == AWAY


@pytest.mark.usefixtures("automatic")
def test_what_a_crash_left_with_somebody_absent_is_found(agent: Callable[..., User]) -> None:
    camille, conversation = agent("camille"), waiting()
    conversation_take(conversation_id=conversation.pk, actor=camille)
    Availability.objects.update(state=AWAY)  # and then the process died
    conversations_assign(now=timezone.now())
    assert Conversation.objects.get().holder is None
    # Somebody absent who takes it by hand is there again, and is offered nothing more.
    conversation_take(conversation_id=conversation.pk, actor=camille)
    assert Availability.objects.get().state == BUSY
    run()
    assert Conversation.objects.get().holder == camille


@pytest.mark.usefixtures("automatic")
def test_a_colleague_may_be_faster_and_an_offer_may_be_left_to_the_next(
    agent: Callable[..., User], make_user: Callable[..., User]
) -> None:
    camille, nadia = agent("camille"), agent("nadia")
    first, second = waiting(), waiting()
    run()
    conversation_take(conversation_id=first.pk, actor=nadia)
    assert offered(first) == [("camille", "withdrawn")]
    with pytest.raises(NotHeld):
        offer_decline(conversation_id=second.pk, actor=camille)
    with pytest.raises(PermissionMissing):
        offer_decline(conversation_id=second.pk, actor=make_user("lecteur"))
    for _ in range(2):
        offer_decline(conversation_id=second.pk, actor=nadia)
    assert run() == 1
    assert offered(second) == [("nadia", "declined"), ("camille", "open")]
    with pytest.raises(ValueError, match="can't become"):
        offer_step(Offer.objects.get(agent=nadia, conversation=second), OfferState.TAKEN)


@pytest.mark.usefixtures("automatic")
def test_switched_off_what_is_offered_is_taken_back(
    agent: Callable[..., User], make_user: Callable[..., User]
) -> None:
    agent("camille")
    conversation, chief = waiting(), make_user("cheffe", ANSWER, MANAGE)
    run()
    ProcrastinateJob.objects.all()._raw_delete("default")
    rules_save(actor=chief, seen=0, is_automatic=False, answer_within_min=3, told_after_min=10)
    assert ProcrastinateJob.objects.filter(task_name="conversations.assign").count() == 1
    assert run() == 0
    assert offered(conversation) == [("camille", "withdrawn")]


def test_skills_and_rules_are_a_supervisors_with_a_history_that_stays(
    make_user: Callable[..., User],
) -> None:
    camille, chief = make_user("camille", ANSWER), make_user("cheffe", MANAGE)
    team = Team.objects.create(name="Voirie")

    def save(actor: User, seen: int) -> None:
        skills_save(
            user=camille,
            actor=actor,
            seen=seen,
            capacity=5,
            locales=["fr", "en"],
            channels=["web"],
            teams=[team],
        )

    with pytest.raises(PermissionMissing):
        save(camille, 0)
    save(chief, 0)
    change = RoutingChange.objects.get()
    assert change.actor == chief
    assert (change.before["Conversations à la fois"], change.after["Conversations à la fois"]) == (
        3,
        5,
    )
    assert change.after["Équipes"] == ["Voirie"]
    with pytest.raises(ChangedMeanwhile):
        save(chief, 0)
    save(chief, change.pk)
    assert RoutingChange.objects.count() == 1  # the same again is no change
    with pytest.raises(IntegrityError, match="append-only"):
        RoutingChange.objects.update(label="x")


def test_only_who_may_answer_says_that_they_are_there(make_user: Callable[..., User]) -> None:
    with pytest.raises(PermissionMissing):
        availability_change(user=make_user("lecteur"), state=AVAILABLE)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_two_workers_at_once_offer_each_conversation_once_and_keep_everybodys_capacity(
    make_user: Callable[..., User],
) -> None:
    AssignmentRules.objects.create(is_automatic=True)
    for name, capacity in (("camille", 2), ("nadia", 1)):
        user = make_user(name, ANSWER)
        availability_change(user=user, state=AVAILABLE)
        Skillset.objects.create(user=user, capacity=capacity)
    conversations = [waiting() for _ in range(5)]
    workers = 4
    barrier = threading.Barrier(workers)
    failed: list[BaseException] = []

    def work() -> None:
        barrier.wait()
        try:
            conversations_assign(now=timezone.now())
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    live = list(Offer.objects.values_list("conversation_id", "agent__username"))
    assert sorted(name for _, name in live) == ["camille", "camille", "nadia"]
    assert {pk for pk, _ in live} == {one.pk for one in conversations[:3]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("committed_jobs")
def test_taking_and_offering_at_once_end_with_one_agent(make_user: Callable[..., User]) -> None:
    AssignmentRules.objects.create(is_automatic=True)
    camille, nadia = make_user("camille", ANSWER), make_user("nadia", ANSWER)
    availability_change(user=nadia, state=AVAILABLE)
    conversation = waiting()
    barrier = threading.Barrier(2)

    def both(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        finally:
            connections.close_all()

    acts: list[Callable[[], object]] = [
        lambda: conversation_take(conversation_id=conversation.pk, actor=camille),
        lambda: conversation_offer(conversation_id=conversation.pk, now=timezone.now()),
    ]
    threads = [threading.Thread(target=both, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Conversation.objects.get().holder == camille
    assert not Offer.objects.filter(state__in=["open", "taken"]).exists()
