"""A talk in its room: held, passed on, interpreted; by documents and requests as Twilio describes
them, with the jobs run twice and the words of the provider lost, late or doubled."""

from __future__ import annotations

import inspect
import secrets
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django import Settings

from agent_console.calls import calling, legs, talking, tasks
from agent_console.calls.desk import desk_in_page, desk_phone_set
from agent_console.calls.errors import (
    AlreadyTaken,
    ColleagueBusy,
    ColleagueCannotAnswer,
    DeskPhoneMissing,
    InterpreterGone,
    NotYourCall,
    TalkStepRefused,
)
from agent_console.calls.interpreters import (
    InterpreterWish,
    interpreter_add,
    interpreter_set_active,
)
from agent_console.calls.models import Call, Interpreter, Leg
from agent_console.calls.talk_times import talk_times
from channels_config.sms.tests.twilio_double import TwilioDouble, problem

from .conftest import Ring
from .phone import Telephone
from .test_operators import enter, operators_leg, picked_up, waiting, work

pytestmark = pytest.mark.usefixtures("one_transaction", "desk_open")


@pytest.fixture
def caller(ring: Ring) -> Telephone:
    return waiting(ring)


@pytest.fixture
def desk(caller: Telephone, twilio: TwilioDouble, operator: User) -> Telephone:
    """The operator's telephone, in the room with the caller."""
    calling.call_take(call_id=call_of(caller).pk, actor=operator)
    return picked_up(caller, twilio)


@pytest.fixture
def colleague(make_user: Callable[..., User]) -> User:
    user = make_user("collegue", "calls.take_calls")
    desk_phone_set(user=user, number="04 91 99 00 02")
    return user


@pytest.fixture
def interpreter(operator: User) -> Interpreter:
    wish = InterpreterWish(language=" Arabe ", name="ISM", number="04 91 99 00 09")
    return interpreter_add(wish=wish, actor=operator)


def call_of(phone: Telephone) -> Call:
    return Call.objects.get(provider_id=phone.sid)


def settled() -> None:
    """The worker does it, dies before it says so, and does it again."""
    work("calls.settle")
    work("calls.settle")


def kinds(call: Call) -> list[str]:
    return [event.kind for event in call.events.all()]


def joins(phone: Telephone, twilio: TwilioDouble) -> Telephone:
    """Whoever was asked last picks up, presses 1 and is in the room."""
    work("calls.settle")
    leg = operators_leg(phone)
    leg.picked_up(twilio.calls_made()[-1])
    leg.press("1")
    enter(leg, twilio)
    return leg


def test_the_caller_is_held_once_and_taken_back(
    caller: Telephone, desk: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    for _ in "12":  # pressed twice
        talking.call_hold(call_id=call.pk, actor=operator, is_on=True)
        settled()
    (asked,) = twilio.participants
    assert (asked["sid"], asked["Hold"], asked["HoldMethod"]) == (caller.sid, "true", "POST")
    assert "Merci de patienter" in caller.held(asked["HoldUrl"])
    room = twilio.opened(caller.room.text or "", caller.sid)
    caller.room_says("participant-hold", room)  # the room's own word comes after ours
    talking.call_hold(call_id=call.pk, actor=operator, is_on=False)
    settled()
    caller.room_says("participant-hold", room)  # and once more, late
    desk.room_says("participant-hold", room)  # somebody else's
    assert [one["Hold"] for one in twilio.participants] == ["true", "false"]
    assert kinds(call) == ["connected", "held", "resumed"]
    call.refresh_from_db()
    assert (call.room_id, call.hold_wanted) == (room, False)
    with pytest.raises(NotYourCall):
        talking.call_hold(call_id=call.pk, actor=User(username="autre", pk=0), is_on=True)


def test_a_room_whose_word_was_lost_is_found_by_its_name_and_a_refused_hold_is_told(
    caller: Telephone, desk: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    assert call.room_id == ""  # its start was never told us
    talking.call_hold(call_id=call.pk, actor=operator, is_on=True)
    twilio.answers = [problem(401, 20003)]
    work("calls.settle")
    call.refresh_from_db()
    assert (call.hold_wanted, call.note, kinds(call)) == (False, "telephone_failed", ["connected"])
    talking.call_hold(call_id=call.pk, actor=operator, is_on=True)
    work("calls.settle")
    assert kinds(call) == ["connected", "held"]


def test_the_clocks_are_those_of_what_was_written_down(
    caller: Telephone, desk: Telephone, operator: User, colleague: User
) -> None:
    call = call_of(caller)
    began = call.events.get().at
    at = [began + timedelta(seconds=seconds) for seconds in (30, 50, 80, 100, 140)]
    for kind, actor, when in zip(
        ("held", "resumed", "held", "transferred", "resumed"),
        (operator, operator, operator, colleague, colleague),
        at,
        strict=True,
    ):
        call.events.create(kind=kind, actor=actor, at=when)
    now = began + timedelta(seconds=200)
    first = talk_times(call=call, agent=operator, now=now)
    second = talk_times(call=call, agent=colleague, now=now)
    assert first is not None
    assert second is not None
    assert (first.talked.seconds, first.held.seconds, first.ended_at) == (60, 40, at[3])
    assert (second.talked.seconds, second.held.seconds, second.ended_at) == (60, 40, None)
    assert (first.is_held, second.is_held, second.began_at) == (False, False, at[3])
    assert talk_times(call=call, agent=User(pk=0), now=now) is None
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        call.events.update(at=timezone.now())
    assert connection.in_atomic_block


def test_a_call_is_passed_on_after_the_colleague_was_asked(
    caller: Telephone,
    desk: Telephone,
    operator: User,
    colleague: User,
    twilio: TwilioDouble,
) -> None:
    call = call_of(caller)
    with pytest.raises(TalkStepRefused):  # nobody is consulted
        talking.call_pass_on(call_id=call.pk, actor=operator)
    talking.call_consult(call_id=call.pk, actor=operator, colleague=colleague)
    with pytest.raises(TalkStepRefused):
        talking.call_consult(call_id=call.pk, actor=operator, colleague=colleague)
    with pytest.raises(TalkStepRefused):  # the caller must not hear the colleagues
        talking.call_hold(call_id=call.pk, actor=operator, is_on=False)
    settled()
    assert [one["To"] for one in twilio.calls_made()] == ["+33491990001", "+33491990002"]
    with pytest.raises(TalkStepRefused):  # it still rings
        talking.call_pass_on(call_id=call.pk, actor=operator)
    second = joins(caller, twilio)
    assert second.room.attrib["endConferenceOnExit"] == "false"
    settled()
    talking.call_pass_on(call_id=call.pk, actor=operator)
    settled()
    call.refresh_from_db()
    assert (call.taken_by, call.take, call.state) == (colleague, 2, "connected")
    # Held; the operator may leave without closing the room; then the colleague keeps it open
    # before the caller is taken back and the operator let go.
    said = [
        (one["sid"], one.get("Hold"), one.get("EndConferenceOnExit")) for one in twilio.participants
    ]
    assert said == [
        (caller.sid, "true", None),
        (desk.sid, None, "false"),
        (second.sid, None, "true"),
        (caller.sid, "false", None),
    ]
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": desk.sid}
    desk.hang_up()
    assert call.legs.get(user=operator).state == "ended"
    with pytest.raises(NotYourCall):
        talking.call_hold(call_id=call.pk, actor=operator, is_on=True)
    assert kinds(call) == ["connected", "held", "consulted", "transferred", "resumed"]
    caller.dial_ended("completed")
    call.refresh_from_db()
    assert call.state == "ended"


def test_hanging_up_while_the_colleague_is_there_passes_the_call_on(
    caller: Telephone, desk: Telephone, operator: User, colleague: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    talking.call_consult(call_id=call.pk, actor=operator, colleague=colleague)
    joins(caller, twilio)
    settled()
    for _ in "12":
        desk.hang_up()
    twilio.left(desk.sid)
    settled()
    call.refresh_from_db()
    assert (call.taken_by, call.hold_wanted, call.state) == (colleague, False, "connected")
    assert twilio.participants[-1]["Hold"] == "false"


@pytest.mark.parametrize("how", ["no-answer", "take-back", "hangs-up"])
def test_the_caller_comes_back_when_nothing_came_of_the_consultation(
    caller: Telephone,
    desk: Telephone,
    operator: User,
    colleague: User,
    twilio: TwilioDouble,
    how: str,
) -> None:
    call = call_of(caller)
    leg = talking.call_consult(call_id=call.pk, actor=operator, colleague=colleague)
    second = operators_leg(caller)
    if how == "no-answer":
        work("calls.settle")
        second.rung(twilio.calls_made()[-1], "no-answer")
    else:
        second = joins(caller, twilio)
        settled()
        if how == "take-back":
            talking.call_take_back(call_id=call.pk, actor=operator)
        else:
            second.hang_up()
    settled()
    call.refresh_from_db()
    leg.refresh_from_db()
    assert (call.taken_by, call.hold_wanted, leg.state) == (operator, False, "ended")
    assert (call.note == "not_answered") == (how == "no-answer")
    # The operator closes the room again when they leave, then the caller is taken back.
    told = [(desk.sid, "false"), (desk.sid, "true")] if how != "no-answer" else []
    asked = [
        (one["sid"], one.get("EndConferenceOnExit") or one["Hold"]) for one in twilio.participants
    ]
    assert asked == [(caller.sid, "true"), *told, (caller.sid, "false")]
    assert (twilio.calls_changed()[-1]["sid"] == second.sid) == (how == "take-back")


def test_a_transfer_offered_to_everybody_is_one_colleagues(
    ring: Ring,
    caller: Telephone,
    desk: Telephone,
    operator: User,
    colleague: User,
    make_user: Callable[..., User],
    twilio: TwilioDouble,
) -> None:
    call = call_of(caller)
    leg = talking.call_consult(call_id=call.pk, actor=operator, colleague=None)
    settled()
    assert len(twilio.calls_made()) == 1  # nobody rings yet
    with pytest.raises(ColleagueCannotAnswer):
        talking.leg_claim(leg_id=leg.pk, actor=operator)
    for _ in "12":
        talking.leg_claim(leg_id=leg.pk, actor=colleague)
    third = make_user("tiers", "calls.take_calls")
    desk_phone_set(user=third, number="04 91 99 00 03")
    with pytest.raises(AlreadyTaken, match="already_taken"):
        talking.leg_claim(leg_id=leg.pk, actor=third)
    joins(caller, twilio)
    talking.call_pass_on(call_id=call.pk, actor=operator)
    call.refresh_from_db()
    assert call.taken_by == colleague
    other = waiting(ring)
    calling.call_take(call_id=call_of(other).pk, actor=operator)  # whose telephone rings now
    with pytest.raises(ColleagueBusy):
        talking.call_consult(call_id=call.pk, actor=colleague, colleague=operator)


def test_an_interpreter_joins_the_two_and_is_let_go(
    caller: Telephone,
    desk: Telephone,
    operator: User,
    interpreter: Interpreter,
    twilio: TwilioDouble,
) -> None:
    call = call_of(caller)
    talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)
    with pytest.raises(TalkStepRefused):
        talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)
    settled()
    assert [one["To"] for one in twilio.calls_made()] == ["+33491990001", "+33491990009"]
    third = operators_leg(caller)
    assert "langue : arabe" in third.picked_up(twilio.calls_made()[-1])
    third.press("1")
    enter(third, twilio)
    settled()
    assert third.room.attrib["endConferenceOnExit"] == "false"
    assert twilio.participants == []  # nobody is held: all three hear each other
    for _ in "12":
        talking.call_interpret_end(call_id=call.pk, actor=operator)
    settled()
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": third.sid}
    third.hang_up()
    assert kinds(call) == ["connected", "interpreted", "left"]
    call.refresh_from_db()
    assert call.state == "connected"
    interpreter_set_active(interpreter_id=interpreter.pk, is_active=False, actor=operator)
    with pytest.raises(InterpreterGone):
        talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)


def test_an_interpreter_who_does_not_answer_is_said_and_the_talk_goes_on(
    caller: Telephone,
    desk: Telephone,
    operator: User,
    interpreter: Interpreter,
    twilio: TwilioDouble,
) -> None:
    call = call_of(caller)
    talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)
    work("calls.settle")
    operators_leg(caller).rung(twilio.calls_made()[-1], "busy")
    call.refresh_from_db()
    assert (call.state, call.note, kinds(call)) == ("connected", "not_answered", ["connected"])
    # The provider refuses the next one for good: said too, and nothing rings for ever.
    talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)
    twilio.answers = [problem(400, 21211)]
    work("calls.settle")
    assert [leg.ended_how for leg in call.legs.filter(role="interpreter")] == [
        "busy", "telephone_failed",
    ]  # fmt: skip


def test_a_telephone_that_was_asked_to_ring_twice_joins_once(
    caller: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    """The worker died after Twilio took the request and before it wrote the number down."""
    call = call_of(caller)
    calling.call_take(call_id=call.pk, actor=operator)
    work("calls.settle")
    (first,) = twilio.calls_made()
    leg = call.legs.get()
    Leg.objects.update(provider_id="")
    leg_phone = operators_leg(caller)
    leg_phone.rung(first, "initiated")  # Twilio says it meanwhile
    leg.refresh_from_db()
    assert leg.provider_id == first["sid"]
    work("calls.settle")
    assert len(twilio.calls_made()) == 1

    # Asked again before that word came: the second telephone is hung up, whoever picks it up.
    second = first | {"sid": "CA" + secrets.token_hex(16)}
    doubled = operators_leg(caller)
    doubled.rung(second, "initiated")
    job = ProcrastinateJob.objects.get(task_name="calls.hang_up")
    assert job.args == {"provider_id": second["sid"]}
    doubled.picked_up(second)
    doubled.press("1")
    assert doubled.is_over
    call.refresh_from_db()
    assert call.state == "ringing"
    leg_phone.picked_up(first)
    leg_phone.press("1")
    call.refresh_from_db()
    assert call.state == "connected"


def test_who_hangs_up_first_leaves_nobody_behind(
    caller: Telephone,
    desk: Telephone,
    operator: User,
    colleague: User,
    interpreter: Interpreter,
    twilio: TwilioDouble,
) -> None:
    call = call_of(caller)
    talking.call_interpret(call_id=call.pk, actor=operator, interpreter_id=interpreter.pk)
    third = joins(caller, twilio)
    talking.call_consult(call_id=call.pk, actor=operator, colleague=colleague)
    work("calls.settle")
    caller.hang_up()
    settled()
    hung_up = {one["sid"] for one in twilio.calls_changed() if one.get("Status") == "completed"}
    ringing = twilio.calls_made()[-1]["sid"]
    assert hung_up == {desk.sid, third.sid, ringing}
    assert set(call.legs.values_list("state", flat=True)) == {"ended"}
    assert kinds(call)[-1] == "ended"


def test_an_operator_whose_end_was_not_told_to_close_the_room_closes_it(
    caller: Telephone, desk: Telephone, twilio: TwilioDouble
) -> None:
    name = caller.room.text or ""
    assert name in twilio.rooms
    desk.hang_up()
    settled()
    assert name not in twilio.rooms


def test_a_caller_who_rather_wants_to_be_called_stops_the_ringing(
    caller: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    calling.call_take(call_id=call.pk, actor=operator)
    work("calls.settle")
    asked = twilio.calls_made()[-1]
    assert "C’est noté" in caller.press("1")
    settled()
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": asked["sid"]}
    late = operators_leg(caller)
    late.picked_up(asked)
    late.press("1")
    assert late.is_over
    call.refresh_from_db()
    assert call.state == "ended"


def test_a_caller_who_cannot_be_brought_keeps_their_place(
    caller: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    calling.call_take(call_id=call.pk, actor=operator)
    work("calls.settle")
    leg = operators_leg(caller)
    leg.picked_up(twilio.calls_made()[-1])
    leg.press("1")
    twilio.answers = [problem(400, 20001)]
    work("calls.settle")
    work("calls.settle")
    call.refresh_from_db()
    assert (call.state, call.taken_by, call.connected_at) == ("waiting", None, None)
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": leg.sid}
    assert caller.is_waiting


def test_who_could_not_be_let_go_at_once_is_hung_up_later(
    caller: Telephone, desk: Telephone, twilio: TwilioDouble
) -> None:
    caller.hang_up()
    twilio.answers = [problem(503, 20503)]
    work("calls.settle")  # its last try
    assert call_of(caller).legs.get().state == "ended"
    job = ProcrastinateJob.objects.get(task_name="calls.hang_up")
    assert job.args == {"provider_id": desk.sid}
    inspect.unwrap(tasks.hang_up.func)(**job.args)
    assert twilio.calls_changed()[-1] == {"Status": "completed", "sid": desk.sid}
    twilio.answers = [problem(404, 20404)]
    inspect.unwrap(tasks.hang_up.func)(**job.args)  # again: it is gone


def test_the_next_call_is_whoever_waits_longest(
    ring: Ring, caller: Telephone, operator: User, colleague: User
) -> None:
    second = waiting(ring)
    for phone, user in ((caller, operator), (second, colleague)):
        taken = calling.call_take_next(actor=user)
        assert taken is not None
        assert (taken.provider_id, taken.taken_by) == (phone.sid, user)
    assert calling.call_take_next(actor=operator) is None


def test_a_page_rings_and_needs_no_key(
    caller: Telephone, operator: User, twilio: TwilioDouble, settings: Settings
) -> None:
    desk_in_page(user=operator, is_on=True)
    calling.call_take(call_id=call_of(caller).pk, actor=operator)
    work("calls.settle")
    asked = twilio.calls_made()[-1]
    assert asked["To"] == f"client:agent_{operator.pk}"
    leg = operators_leg(caller)
    leg.picked_up(asked)
    assert leg.asked is None
    assert leg.room.text == f"appel-{call_of(caller).pk}"
    assert call_of(caller).state == "connected"


def test_without_a_desk_a_page_cannot_be_given_up(make_user: Callable[..., User]) -> None:
    user = make_user("sans-poste", "calls.take_calls")
    with pytest.raises(DeskPhoneMissing):
        desk_in_page(user=user, is_on=False)


def test_late_words_of_an_erased_call_change_nothing(
    caller: Telephone, desk: Telephone, operator: User, twilio: TwilioDouble
) -> None:
    call = call_of(caller)
    leg = call.legs.get()
    call.conversation.delete()
    assert not Leg.objects.exists()
    assert legs.leg_found(leg_id=leg.pk) is None
    work("calls.settle")
