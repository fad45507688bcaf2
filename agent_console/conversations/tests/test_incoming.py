"""More than words: choices, positions, pictures, corrections; and who is not listened to."""

import uuid
from dataclasses import dataclass, field

import pytest

from agent_console.citizens.models import ContactPoint
from agent_console.conversations import ports
from agent_console.conversations.blocking import conversation_block, conversation_unblock
from agent_console.conversations.delivery_states import FOLLOWS, DeliveryError, error_label
from agent_console.conversations.errors import MediaRefused, MediaUnavailable
from agent_console.conversations.media import attachments_fetch
from agent_console.conversations.models import (
    Attachment,
    Author,
    Conversation,
    DeliveryState,
    Handler,
    Message,
    Turn,
    TurnState,
)
from agent_console.conversations.ports import Location, Reply, TurnRequest, TurnResult
from agent_console.conversations.receiving import (
    Incoming,
    receive,
    receive_opt_in,
    receive_opt_out,
)
from agent_console.conversations.selectors import offered_choices
from agent_console.conversations.services import notice_send, turn_complete
from agent_console.conversations.turns import answer_waiting


@dataclass
class Engine:
    asked: list[TurnRequest] = field(default_factory=list)

    def answer(self, request: TurnRequest) -> TurnResult:
        self.asked.append(request)
        return TurnResult([Reply("Bien", [])], "", None)


@dataclass
class Pictures:
    """A channel and a keeper of photos at once; raises what it is told to, first."""

    code: str = "web"
    failures: list[Exception] = field(default_factory=list)
    kept: list[uuid.UUID] = field(default_factory=list)

    def fetch(self, attachment: Attachment) -> bytes:
        if self.failures:
            raise self.failures.pop(0)
        return attachment.source.encode()

    def store(self, content: bytes) -> uuid.UUID:
        self.kept.append(uuid.uuid5(uuid.NAMESPACE_URL, content.decode()))
        return self.kept[-1]


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Pictures:
    fake = Pictures()
    monkeypatch.setattr(ports, "_channels", {"web": fake})
    monkeypatch.setattr(ports, "_photo_stores", [fake])
    return fake


def _receive(contact_point: ContactPoint, **given: object) -> Message:
    message = receive(
        contact_point=contact_point,
        incoming=Incoming(external_id=f"x:{uuid.uuid4()}", **given),  # type: ignore[arg-type]
    )
    assert message is not None
    return message


def _answer(message: Message) -> list[TurnRequest]:
    engine = Engine()
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    answer_waiting(conversation_id=message.conversation_id, engine=engine, last_try=False)
    return engine.asked


def test_the_engine_gets_all_that_came(contact_point: ContactPoint, pictures: Pictures) -> None:
    place = Location(latitude=43.29, longitude=5.37)
    message = _receive(
        contact_point, text="1", choice="oui", attachments=["a", "b"], location=place
    )
    (request,) = _answer(message)
    assert (request.text, request.choice, request.location) == ("1", "oui", place)
    assert request.photos == tuple(pictures.kept)
    assert len(pictures.kept) == 2


def test_a_picture_is_fetched_once_after_a_failure_that_passes(
    contact_point: ContactPoint, pictures: Pictures
) -> None:
    message = _receive(contact_point, attachments=["a", "b"])
    pictures.failures = [MediaUnavailable("media_unavailable")]
    with pytest.raises(MediaUnavailable):
        attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    _answer(message)
    attachments_fetch(conversation_id=message.conversation_id, last_try=False)
    assert len(pictures.kept) == 2


@pytest.mark.parametrize(
    ("failure", "last_try"),
    [(MediaRefused("photo_damaged"), False), (MediaUnavailable("media_unavailable"), True)],
)
def test_a_picture_that_can_not_be_used_is_said_once_and_asks_nothing_of_the_engine(
    contact_point: ContactPoint, pictures: Pictures, failure: Exception, last_try: bool
) -> None:
    message = _receive(contact_point, attachments=["a"])
    pictures.failures = [failure]
    attachments_fetch(conversation_id=message.conversation_id, last_try=last_try)
    assert _answer(message) == []
    assert Turn.objects.get().state == TurnState.DONE
    (told,) = Message.objects.filter(author=Author.SYSTEM)
    assert "photo" in told.text


def test_words_are_answered_although_their_picture_is_not_readable(
    contact_point: ContactPoint, pictures: Pictures
) -> None:
    message = _receive(contact_point, text="Un trou", attachments=["a"])
    pictures.failures = [MediaRefused("photo_damaged")]
    (request,) = _answer(message)
    assert (request.text, request.photos) == ("Un trou", ())


def test_an_agent_sees_pictures_that_nobody_answers_by_itself(
    conversation: Conversation, pictures: Pictures
) -> None:
    Conversation.objects.update(handler=Handler.AGENT, fence=1)
    message = _receive(conversation.contact_point, attachments=["a"])
    assert _answer(message) == []
    assert Attachment.objects.get().photo_id == pictures.kept[0]


def test_a_correction_is_told_as_one(contact_point: ContactPoint, pictures: Pictures) -> None:
    first = _receive(contact_point, text="12 rue Paradis")
    second = _receive(contact_point, text="14 rue Paradis", corrects=first.external_id)
    assert second.corrects == first
    assert [request.text for request in _answer(first)] == [
        "12 rue Paradis",
        "Je corrige : 14 rue Paradis",
    ]


def test_a_correction_of_nothing_known_is_a_message(
    contact_point: ContactPoint, pictures: Pictures
) -> None:
    message = _receive(contact_point, text="14 rue Paradis", corrects="unknown")
    assert message.corrects is None


def test_nothing_of_a_blocked_sender_is_kept_but_that_they_want_no_messages(
    conversation: Conversation,
) -> None:
    contact_point = conversation.contact_point
    conversation_block(conversation_id=conversation.pk)
    ignored = receive(
        contact_point=contact_point, incoming=Incoming(external_id="x:1", text="Encore")
    )
    assert ignored is None
    receive_opt_out(contact_point=contact_point, external_id="x:2", text="STOP", reply="Noté")
    contact_point.refresh_from_db()
    assert contact_point.opted_out_at is not None
    assert not Message.objects.filter(author=Author.SYSTEM).exists()
    conversation_unblock(conversation_id=conversation.pk)
    assert _receive(contact_point, text="Bonjour").text == "Bonjour"


def test_opting_out_and_in_are_confirmed_once_each(conversation: Conversation) -> None:
    contact_point = conversation.contact_point
    for _ in range(2):
        receive_opt_out(contact_point=contact_point, external_id="x:1", text="STOP", reply="Fin")
    receive_opt_in(contact_point=contact_point, external_id="x:2", text="START", reply="Début")
    # The first word again, ten minutes later: the provider is late, the person is not.
    receive_opt_out(contact_point=contact_point, external_id="x:1", text="STOP", reply="Fin")
    contact_point.refresh_from_db()
    assert contact_point.opted_out_at is None
    said = Message.objects.filter(author=Author.SYSTEM).values_list("text", flat=True)
    assert list(said) == ["Fin", "Début"]


def test_choices_are_those_of_the_last_question(conversation: Conversation) -> None:
    offered = [{"title": "Oui", "payload": "oui"}]
    turn = Turn.objects.get()
    turn_complete(turn_id=turn.id, result=TurnResult([Reply("?", offered)], "", None))
    assert offered_choices(contact_point=conversation.contact_point) == offered
    notice_send(conversation_id=conversation.pk, cause="n:1", text="Validé", is_urgent=True)
    assert offered_choices(contact_point=conversation.contact_point) == offered
    asking = [{"title": "Réglé", "payload": "oui, réglé"}]
    notice_send(
        conversation_id=conversation.pk, cause="n:2", text="Réglé ?", buttons=asking, is_urgent=True
    )
    assert offered_choices(contact_point=conversation.contact_point) == asking
    _receive(conversation.contact_point, text="1")
    turn = Turn.objects.get(state=TurnState.WAITING)
    turn_complete(turn_id=turn.id, result=TurnResult([Reply("Combien ?", [])], "", None))
    assert offered_choices(contact_point=conversation.contact_point) == []


def test_every_state_has_its_followers_and_every_error_its_french() -> None:
    assert set(FOLLOWS) == set(DeliveryState.values)
    for followers in FOLLOWS.values():
        assert followers <= set(DeliveryState.values)
        assert "queued" not in followers
    assert all(error_label(code) != code for code in DeliveryError.values)
    assert error_label("of_another_time") == "of_another_time"
