"""From the assistant to a person: the queue, an operator's telephone, or a call later."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from agent_console.calls import callbacks, calling, ending, legs, tasks
from agent_console.calls.announcements import announcement_start
from agent_console.calls.desk import desk_phone_set
from agent_console.calls.errors import AlreadyTaken, CallGone, DeskPhoneMissing
from agent_console.calls.models import AnnouncementKind, Call, CallBack
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_address, contact_at
from agent_console.conversations.models import Author, Conversation, Delivery, Message
from agent_console.conversations.receiving import receive_message
from agent_console.conversations.resuming import resumed_by
from agent_console.conversations.turns import deliver_queued
from agent_console.opening.models import DeskException
from channels_config.sms.tests.twilio_double import ACCOUNT, TwilioDouble, problem

from .conftest import BASE, Assistant, Ring
from .phone import Telephone

pytestmark = pytest.mark.usefixtures("one_transaction")
DESK = "+33491990001"


class _Job:
    """The job that a task runs as: its last try, so that failures are written down."""

    attempts = 99
    id = 0


class _Context:
    job = _Job()


def work(name: str) -> None:
    """Run the newest job of a name, as the worker would."""
    job = ProcrastinateJob.objects.filter(task_name=name).order_by("-id").first()
    assert job is not None
    task = getattr(tasks, name.partition(".")[2])
    inspect.unwrap(task.func)(_Context(), **job.args)


def operators_leg(phone: Telephone) -> Telephone:
    return Telephone(phone._post, number="+33491000001", base=BASE, account=ACCOUNT)


def picked_up(phone: Telephone, twilio: TwilioDouble) -> Telephone:
    """The telephone that was asked last to ring is picked up at its desk, key 1 pressed, and the
    caller brought to it."""
    work("calls.settle")
    leg = operators_leg(phone)
    leg.picked_up(twilio.calls_made()[-1])
    leg.press("1")
    enter(leg, twilio)
    work("calls.settle")
    phone.taken_to(twilio.calls_changed()[-1]["Url"])
    enter(phone, twilio)
    return leg


def enter(phone: Telephone, twilio: TwilioDouble) -> str:
    """What Twilio does with a telephone whose document joins a conference; the conference."""
    return twilio.opened(phone.room.text or "", phone.sid)


def waiting(ring: Ring, number: str | None = None) -> Telephone:
    phone = ring(number)
    phone.dial()
    phone.press("0")
    assert phone.is_waiting
    return phone


@pytest.mark.usefixtures("desk_open")
def test_key_0_waits_and_an_operator_is_put_through(
    ring: Ring, twilio: TwilioDouble, operator: User, make_user: Callable[..., User]
) -> None:
    first, second = waiting(ring), waiting(ring)
    assert "prochaine personne" in first.heard
    assert "position 2" in second.heard
    places = Call.objects.order_by("queued_at").values_list("queue_place", flat=True)
    assert list(places) == [1, 2]
    assert "environ" not in second.heard  # nobody's pace is known yet
    assert "position 2" in second.silence()  # and again, while they hold the line

    call = Call.objects.get(provider_id=first.sid)
    with pytest.raises(DeskPhoneMissing):
        calling.call_take(call_id=call.pk, actor=make_user("sans-poste"))
    for _ in "12":  # pressed twice: one take
        calling.call_take(call_id=call.pk, actor=operator)
    colleague = make_user("autre")
    desk_phone_set(user=colleague, number="0491990002")
    with pytest.raises(AlreadyTaken):
        calling.call_take(call_id=call.pk, actor=colleague)
    work("calls.settle")
    (asked,) = twilio.calls_made()
    assert (asked["To"], asked["From"], asked["Timeout"]) == (DESK, "+33491000001", "20")
    assert "position 2" in second.silence()
    assert "prochaine personne" in first.silence()  # until it is answered, both wait as they did

    leg = operators_leg(first)
    assert "Tapez 1" in leg.picked_up(asked)
    leg.press("1")
    room = enter(leg, twilio)
    assert leg.room.attrib["endConferenceOnExit"] == "true"
    call.refresh_from_db()
    assert (call.state, call.taken_by, call.take) == ("connected", operator, 1)
    for _ in "12":  # the job runs again: a caller who is on the way is not asked for twice
        work("calls.settle")
    (changed,) = twilio.calls_changed()
    assert changed["sid"] == first.sid
    first.taken_to(changed["Url"])
    assert enter(first, twilio) == room
    assert first.room.get("record") is None
    assert "Au revoir" in first.dial_ended("completed")
    call.refresh_from_db()
    assert (call.state, call.ended_how, call.is_half_made) == ("ended", "completed", False)
    work("calls.settle")
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": leg.sid}
    assert [event.kind for event in call.events.all()] == ["connected", "ended"]
    assert call.legs.get().state == "ended"
    # One was taken within the hour, after a moment: the other's wait is known.
    assert "environ 1 minute." in second.silence()


def test_on_an_exceptional_day_the_hours_are_said_and_a_call_back_offered(
    ring: Ring, settings: Settings
) -> None:
    settings.HELP_DESK_HOURS = "8-18"
    today = timezone.localdate()
    DeskException.objects.create(first_day=today, last_day=today)
    phone = ring()
    phone.dial()
    phone.press("0")
    assert not phone.is_waiting
    assert "répondent du lundi au vendredi de 8 heures à 18 heures. Ils ne" in phone.heard
    phone.press("1")
    made = CallBack.objects.get()
    assert timezone.localdate(made.call_from) > today


@pytest.mark.usefixtures("desk_open")
def test_an_operator_who_does_not_answer_costs_nobody_their_place(
    ring: Ring, twilio: TwilioDouble, operator: User
) -> None:
    first, second = waiting(ring), waiting(ring)
    call = Call.objects.get(provider_id=first.sid)
    calling.call_take(call_id=call.pk, actor=operator)
    work("calls.settle")
    leg = operators_leg(first)
    leg.picked_up(twilio.calls_made()[-1])
    leg.silence()  # an answering machine
    assert leg.is_over
    assert first.is_waiting
    assert "prochaine personne" in first.silence()
    call.refresh_from_db()
    assert (call.state, call.taken_by, call.note) == ("waiting", None, "completed")

    # The provider is away: back in the queue too, and the operator reads why.
    twilio.answers = [problem(404, 20404)]
    calling.call_take(call_id=call.pk, actor=operator)
    work("calls.settle")
    call.refresh_from_db()
    assert (call.state, call.take, call.note) == ("waiting", 2, "telephone_failed")
    late = call.legs.get(take=1)  # a late word of the first take
    assert not legs.leg_answered(leg_id=late.pk, provider_id=late.provider_id)

    first.hang_up()
    with pytest.raises(CallGone):
        calling.call_take(call_id=call.pk, actor=operator)
    assert "prochaine personne" in second.silence()


@pytest.mark.usefixtures("desk_open")
def test_recording_is_announced_first_and_can_be_refused(
    ring: Ring, settings: Settings, twilio: TwilioDouble, operator: User
) -> None:
    settings.VOICE_RECORDING = True
    for key, answer, record in [
        ("9", "refused", None),
        ("", "accepted", "record-from-start"),
    ]:
        phone = ring()
        phone.dial()
        assert "tapez 9" in phone.press("0")
        before = phone.is_waiting
        phone.press(key) if key else phone.silence()
        assert (before, phone.is_waiting) == (False, True)
        call = Call.objects.get(provider_id=phone.sid)
        assert call.recording == answer
        calling.call_take(call_id=call.pk, actor=operator)
        leg = picked_up(phone, twilio)
        assert phone.room.get("record") == leg.room.get("record") == record
        phone.hang_up()


def test_closed_offers_a_call_later_which_is_made_by_an_operator(
    ring: Ring, twilio: TwilioDouble, operator: User, assistant: Assistant
) -> None:
    announcement_start(
        kind=AnnouncementKind.STRIKE, text="Grève ce jour.", closes_desk=True, actor=operator
    )
    phone = ring("+33612000777")
    phone.dial()
    offered = phone.press("0")
    assert "Pour être rappelé, tapez 1" in offered
    assert phone.silence() != offered
    said = phone.say("oui")
    assert "06, 12, 00, 07, 77" in said
    assert phone.is_over
    row = CallBack.objects.get()
    assert (row.reason, row.channel, row.state) == ("closed", "voice", "waiting")
    assert row.conversation == Conversation.objects.get(channel="voice")

    callbacks.call_back_dial(call_back_id=row.pk, actor=operator)
    work("calls.call_back")
    asked = twilio.asked[-1]
    assert (asked["To"], asked["From"]) == (DESK, "+33491000001")
    leg = operators_leg(phone)
    leg.dial(asked["Url"].removeprefix(BASE))
    leg.press("1")
    assert leg.dialled is not None
    assert [number.text for number in leg.dialled] == ["+33612000777"]
    leg.dial_ended("no-answer")
    row.refresh_from_db()
    assert [(step.act, step.note) for step in row.steps.all()] == [
        ("requested", ""), ("claimed", ""), ("dialled", ""), ("answered", "1:no-answer"),
    ]  # fmt: skip
    twilio.answers = [problem(400, 21211)]
    callbacks.call_back_dial(call_back_id=row.pk, actor=operator)
    work("calls.call_back")
    assert row.steps.latest("id").note == "2:telephone_failed"


def test_who_does_not_want_to_be_called_goes_on_and_silence_ends_it(ring: Ring) -> None:
    hours_closed = pytest.MonkeyPatch()
    with hours_closed.context() as patched:
        patched.setattr("channels_config.voice.operators.desk_is_open", lambda: False)
        phone = ring()
        phone.dial()
        phone.press("0")
        assert phone.press("2").startswith("Nous continuons ensemble.")
        phone.press("0")
        words = {phone.silence(), phone.silence()}
        assert len(words) == 2
        assert "Au revoir" in phone.silence()
    assert phone.is_over
    assert not CallBack.objects.exists()


@pytest.mark.usefixtures("desk_open")
def test_a_long_wait_offers_a_call_and_waiting_stays_possible(
    ring: Ring, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = waiting(ring)
    now = timezone.now()
    Call.objects.filter(provider_id=gone.sid).update(
        taken_at=now, queued_at=now - timedelta(minutes=25), queue_place=2
    )
    phone = ring()
    phone.dial()
    assert "plus de dix minutes" in phone.press("0")
    phone.press("2")
    assert phone.is_waiting
    assert "C’est noté" in phone.press("1")  # later they would rather be called
    assert phone.is_over
    assert CallBack.objects.get().reason == "long_wait"


def test_a_withheld_number_is_asked_for_one(ring: Ring, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels_config.voice.operators.desk_is_open", lambda: False)
    phone = ring("anonymous")
    phone.dial()
    phone.press("0")
    assert "masqué" in phone.press("1")
    assert "ne semble pas exister" in phone.press("12#")
    assert "04, 91, 00, 00, 05" in phone.press("0491000005#")
    assert contact_address(CallBack.objects.get().contact_point) == "+33491000005"


@pytest.mark.parametrize(
    ("number", "opted_out", "texts", "call_backs"),
    [
        ("+33612000555", False, 1, 0),
        ("+33612000556", True, 0, 1),
        ("+33491000555", False, 0, 1),
        ("anonymous", False, 0, 0),
    ],
)
def test_hanging_up_keeps_what_was_half_made(
    ring: Ring,
    assistant: Assistant,
    twilio: TwilioDouble,
    number: str,
    opted_out: bool,
    texts: int,
    call_backs: int,
) -> None:
    if opted_out:
        by_text = contact_at(kind=ChannelCode.SMS, address=number)
        by_text.opted_out_at = timezone.now()
        by_text.save()
    phone = ring(number)
    phone.dial()
    assistant.will_say("Où est-ce ?")
    phone.say("un trou")
    for _ in "12":  # the provider says it twice
        phone.hang_up()
    assert Call.objects.get().is_half_made
    assert CallBack.objects.filter(reason="half_made").count() == call_backs
    sms = Message.objects.filter(channel="sms", author=Author.SYSTEM)
    assert sms.count() == texts
    for message in sms:
        deliver_queued(conversation_id=message.conversation_id, last_try=True)
        # A yes goes on there; what is said afterwards is a conversation like any other.
        by_text = message.conversation.contact_point
        for seq, resumed in enumerate((Call.objects.get().conversation_id, None)):
            said = receive_message(contact_point=by_text, external_id=f"SM{seq}", text="oui")
            assert resumed_by(said) == resumed
    assert ["Répondez OUI" in text for text in twilio.texts(number)] == [True] * texts
    # The open question itself can't be answered there: it is not sent, and operators read why.
    deliver_queued(conversation_id=Call.objects.get().conversation_id, last_try=True)
    asked = Delivery.objects.get(message__author=Author.BOT)
    assert (asked.state, asked.error_code) == ("failed", "hung_up")


def test_what_nobody_heard_is_sent_to_the_telephone(
    ring: Ring, assistant: Assistant, twilio: TwilioDouble
) -> None:
    for number in ("+33612000666", "+33491000666"):
        phone = ring(number)
        phone.dial()
        assistant.will_say("C'est noté sous le 123-456-789.", form="")
        phone.say("oui")
        phone.hang_up()  # in the middle of the sentence
        call = Call.objects.get(provider_id=phone.sid)
        deliver_queued(conversation_id=call.conversation_id, last_try=True)
    text, spoken = twilio.asked
    assert "123-456-789" in text["Body"]
    assert "1 2 3, 4 5 6, 7 8 9" in spoken["Twiml"]
    assert not CallBack.objects.exists()


def test_a_call_whose_end_was_never_told_ends(ring: Ring) -> None:
    phone = ring()
    phone.dial()
    Call.objects.update(started_at=timezone.now() - timedelta(hours=5))
    inspect.unwrap(tasks.end_lost.func)(0)
    assert Call.objects.get().ended_how == "lost"
    assert ending.call_end(provider_id="CA" + "0" * 32, how="completed", may_text=True) is None
