"""Answering: in order, never over an agent, never twice, never lost."""

import uuid
from dataclasses import dataclass, field

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from agent_console.conversations import ports, selectors
from agent_console.conversations.alerts import alerts_open
from agent_console.conversations.errors import DeliveryFailed, EngineRefused, EngineUnavailable
from agent_console.conversations.models import (
    Author,
    Conversation,
    Delivery,
    DeliveryState,
    Handler,
    Message,
    Turn,
    TurnState,
)
from agent_console.conversations.ports import Reply, TurnRequest, TurnResult
from agent_console.conversations.services import (
    MASK,
    deliveries_mark_delivered,
    notice_send,
    receive_message,
    turn_complete,
    turn_give_up,
)
from agent_console.conversations.turns import answer_waiting, deliver_queued


@dataclass
class FakeEngine:
    """Answers with the citizen's words in capitals; raises what it is told to, first."""

    failures: list[Exception] = field(default_factory=list)
    asked: list[TurnRequest] = field(default_factory=list)

    def answer(self, request: TurnRequest) -> TurnResult:
        self.asked.append(request)
        if self.failures:
            raise self.failures.pop(0)
        return TurnResult([Reply(request.text.upper(), [])], intent="greet", confidence=0.9)


@dataclass
class FakeChannel:
    code: str
    failures: list[DeliveryFailed] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    def deliver(self, message: Message) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.taken.append(message.text)


@pytest.fixture
def channel(monkeypatch: pytest.MonkeyPatch) -> FakeChannel:
    fake = FakeChannel("web")
    monkeypatch.setattr(ports, "_channels", {"web": fake})
    return fake


def _texts(conversation: Conversation, author: Author) -> list[str]:
    messages = selectors.messages_after(conversation_id=conversation.pk, seq=0)
    return [message.text for message in messages if message.author == author]


def _answer(conversation: Conversation, engine: FakeEngine, *, last_try: bool = False) -> None:
    answer_waiting(conversation_id=conversation.pk, engine=engine, last_try=last_try)


def test_waiting_turns_are_answered_in_order_with_their_deliveries(
    conversation: Conversation,
) -> None:
    receive_message(
        contact_point=conversation.contact_point, external_id=f"x:{uuid.uuid4()}", text="Ensuite"
    )
    _answer(conversation, FakeEngine())
    assert _texts(conversation, Author.BOT) == ["BONJOUR", "ENSUITE"]
    assert Delivery.objects.filter(state=DeliveryState.QUEUED).count() == 2
    assert ProcrastinateJob.objects.filter(task_name="conversations.deliver").count() == 2
    assert set(Turn.objects.values_list("state", "intent")) == {(TurnState.DONE, "greet")}


def test_a_failed_turn_is_asked_again_under_the_same_id(conversation: Conversation) -> None:
    engine = FakeEngine(failures=[EngineUnavailable()])
    with pytest.raises(EngineUnavailable):
        _answer(conversation, engine)
    _answer(conversation, engine)
    assert engine.asked[0].turn == engine.asked[1].turn
    assert _texts(conversation, Author.BOT) == ["BONJOUR"]


def test_storing_the_same_answer_twice_says_it_once(conversation: Conversation) -> None:
    turn = Turn.objects.get()
    result = TurnResult([Reply("Bonjour", [])], "greet", 0.9)
    assert turn_complete(turn_id=turn.id, result=result)
    assert turn_complete(turn_id=turn.id, result=result)
    assert _texts(conversation, Author.BOT) == ["Bonjour"]


def test_a_reply_computed_before_a_take_over_is_discarded(conversation: Conversation) -> None:
    turn = Turn.objects.get()
    Conversation.objects.filter(pk=conversation.pk).update(handler=Handler.AGENT, fence=1)
    stored = turn_complete(turn_id=turn.id, result=TurnResult([Reply("trop tard", [])], "x", 1.0))
    assert not stored
    assert _texts(conversation, Author.BOT) == []
    assert Turn.objects.get().state == TurnState.DISCARDED


def test_an_agent_who_took_over_is_not_overtaken_by_the_engine(
    conversation: Conversation,
) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(handler=Handler.AGENT, fence=1)
    engine = FakeEngine()
    _answer(conversation, engine)
    assert engine.asked == []
    assert Turn.objects.get().state == TurnState.DISCARDED


def test_no_apology_is_said_over_an_agent(conversation: Conversation) -> None:
    turn = Turn.objects.get()
    Conversation.objects.filter(pk=conversation.pk).update(handler=Handler.AGENT, fence=1)
    turn_give_up(turn_id=turn.id, apology="Pardon")
    assert _texts(conversation, Author.SYSTEM) == []


@pytest.mark.parametrize("failure", [EngineUnavailable(), EngineRefused()])
def test_the_citizen_is_told_when_no_answer_will_come(
    conversation: Conversation, failure: Exception
) -> None:
    _answer(conversation, FakeEngine(failures=[failure]), last_try=True)
    (apology,) = _texts(conversation, Author.SYSTEM)
    assert "0 800 94 94 08" in apology
    assert Turn.objects.get().state == TurnState.FAILED


def test_giving_up_one_turn_leaves_the_next_its_own_patience(
    conversation: Conversation,
) -> None:
    receive_message(
        contact_point=conversation.contact_point, external_id=f"x:{uuid.uuid4()}", text="Ensuite"
    )
    _answer(conversation, FakeEngine(failures=[EngineUnavailable()]), last_try=True)
    states = Turn.objects.order_by("message__seq").values_list("state", flat=True)
    assert list(states) == [TurnState.FAILED, TurnState.WAITING]


def test_queued_messages_are_handed_over_in_order(
    conversation: Conversation, channel: FakeChannel
) -> None:
    for number in range(3):
        notice_send(conversation_id=conversation.pk, cause=f"test:{number}", text=str(number))
    deliver_queued(conversation_id=conversation.pk, last_try=False)
    assert channel.taken == ["0", "1", "2"]
    assert set(Delivery.objects.values_list("state", "attempts")) == {(DeliveryState.SENT, 1)}


def test_a_passing_failure_is_retried_and_a_permanent_one_recorded(
    conversation: Conversation, channel: FakeChannel
) -> None:
    notice_send(conversation_id=conversation.pk, cause="test:1", text="un")
    channel.failures = [DeliveryFailed(permanent=False, code="busy")]
    with pytest.raises(DeliveryFailed):
        deliver_queued(conversation_id=conversation.pk, last_try=False)
    assert Delivery.objects.get().state == DeliveryState.QUEUED
    channel.failures = [DeliveryFailed(permanent=True, code="blocked")]
    deliver_queued(conversation_id=conversation.pk, last_try=False)
    assert Delivery.objects.values_list("state", "error_code").get() == ("failed", "blocked")


def test_an_acknowledged_message_is_delivered(conversation: Conversation) -> None:
    notice_send(conversation_id=conversation.pk, cause="test:1", text="un")
    assert deliveries_mark_delivered(conversation_id=conversation.pk, up_to_seq=2) == 1
    assert Delivery.objects.get().state == DeliveryState.DELIVERED


def test_a_notice_of_one_cause_is_said_once(conversation: Conversation) -> None:
    for _ in range(2):
        notice_send(conversation_id=conversation.pk, cause="report:1", text="Validé")
    assert _texts(conversation, Author.SYSTEM) == ["Validé"]


def test_whoever_was_told_whom_to_call_is_seen_by_the_agents(conversation: Conversation) -> None:
    danger = TurnResult([Reply("Appelez le 112.", [])], "emergency", 0.9, danger=True)
    turn_complete(turn_id=Turn.objects.get().id, result=danger)
    receive_message(
        contact_point=conversation.contact_point, external_id="x:2", text="Vite, au secours"
    )
    turn_id = Turn.objects.get(state=TurnState.WAITING).id
    turn_complete(turn_id=turn_id, result=danger)
    turn_complete(turn_id=turn_id, result=danger)  # asked again after a crash
    assert alerts_open().get().heard == 2


def test_a_code_that_was_typed_is_not_kept(conversation: Conversation) -> None:
    class Asked(FakeEngine):
        def answer(self, request: TurnRequest) -> TurnResult:
            super().answer(request)
            return TurnResult([Reply("Merci", [])], "give_code", 1.0, was_secret=True)

    engine = Asked(failures=[EngineUnavailable()])
    said = _texts(conversation, Author.CITIZEN)
    with pytest.raises(EngineUnavailable):
        _answer(conversation, engine)
    _answer(conversation, engine)  # the same words are asked again
    assert [request.text for request in engine.asked] == [*said, *said]
    assert _texts(conversation, Author.CITIZEN) == [MASK]
