"""What an operator does during a talk: hold, consult a colleague, pass on, call an interpreter.

Each function is ONE transaction that holds what is wanted and the job that asks the telephone
company for it (``settling``), so that neither is ever there alone.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction

from . import queue
from .desk import can_answer
from .errors import (
    AlreadyTaken,
    ColleagueBusy,
    ColleagueCannotAnswer,
    InterpreterGone,
    NotYourCall,
    TalkStepRefused,
)
from .legs import pass_on
from .models import Call, CallEventKind, Interpreter, Leg, LegRole
from .moving import call_locked, leg_moved, legs_leave, live_leg, note
from .names import name_of
from .selectors import is_talking
from .talk_workflow import LegState
from .workflow import CallState


@transaction.atomic
def call_hold(*, call_id: uuid.UUID, actor: User, is_on: bool) -> None:
    """Have the caller wait alone, or talk again; pressed twice, it is done once.

    Raises ``NotYourCall``; ``TalkStepRefused`` while a colleague is consulted.
    """
    call = _own(call_id, actor)
    if not is_on and live_leg(call, LegRole.COLLEAGUE):
        raise TalkStepRefused
    if call.hold_wanted != is_on:
        _hold(call, is_on=is_on)


@transaction.atomic
def call_consult(*, call_id: uuid.UUID, actor: User, colleague: User | None) -> Leg:
    """Hold the caller and have a colleague's telephone ring; ``None``: whoever takes it up.

    Raises ``NotYourCall``, ``ColleagueCannotAnswer``, ``ColleagueBusy``, ``TalkStepRefused`` when
    somebody is consulted already.
    """
    call = _own(call_id, actor)
    if live_leg(call, LegRole.COLLEAGUE):
        raise TalkStepRefused
    if colleague is not None:
        _may_be_asked(colleague, actor)
    leg = Leg.objects.create(
        call=call,
        role=LegRole.COLLEAGUE,
        user=colleague,
        state=LegState.RINGING if colleague else LegState.OFFERED,
    )
    _hold(call, is_on=True)
    return leg


@transaction.atomic
def leg_claim(*, leg_id: uuid.UUID, actor: User) -> Leg:
    """Answer a call that was offered to everybody: one colleague does.

    Raises ``AlreadyTaken`` with the name of who was faster, ``TalkStepRefused`` when it is over.
    """
    call = call_locked(Leg.objects.values_list("call_id", flat=True).get(pk=leg_id))
    leg = Leg.objects.select_related("user").get(pk=leg_id)
    if leg.user == actor:
        return leg  # pressed twice
    if leg.user is not None:
        raise AlreadyTaken(name_of(leg.user))
    if call.taken_by is not None:
        _may_be_asked(actor, call.taken_by)
    if leg.state != LegState.OFFERED:
        raise TalkStepRefused
    leg.user = actor
    leg.save(update_fields=["user"])
    leg_moved(leg, LegState.RINGING)
    queue.enqueue_settle(call_id=call.pk)
    return leg


@transaction.atomic
def call_pass_on(*, call_id: uuid.UUID, actor: User) -> None:
    """The consulted colleague gets the call.  Raises ``NotYourCall``, ``TalkStepRefused``."""
    call = _own(call_id, actor)
    leg = live_leg(call, LegRole.COLLEAGUE)
    if leg is None or leg.state != LegState.IN:
        raise TalkStepRefused
    pass_on(call, leg)


@transaction.atomic
def call_take_back(*, call_id: uuid.UUID, actor: User) -> None:
    """Consult no more and talk to the caller again.  Raises ``NotYourCall``."""
    call = _own(call_id, actor)
    if live_leg(call, LegRole.COLLEAGUE) is not None:
        legs_leave(call, LegRole.COLLEAGUE)
        note(call, CallEventKind.TAKEN_BACK, actor)
    _hold(call, is_on=False)


@transaction.atomic
def call_interpret(*, call_id: uuid.UUID, actor: User, interpreter_id: int) -> Leg:
    """Have an interpreter's telephone ring, to join the three of them.

    Raises ``NotYourCall``, ``InterpreterGone``, ``TalkStepRefused`` when there is one already.
    """
    call = _own(call_id, actor)
    interpreter = Interpreter.objects.filter(pk=interpreter_id, is_active=True).first()
    if interpreter is None:
        raise InterpreterGone
    if live_leg(call, LegRole.INTERPRETER):
        raise TalkStepRefused
    call.note = ""
    call.save(update_fields=["note"])
    leg = Leg.objects.create(
        call=call, role=LegRole.INTERPRETER, interpreter=interpreter, state=LegState.RINGING
    )
    queue.enqueue_settle(call_id=call.pk)
    return leg


@transaction.atomic
def call_interpret_end(*, call_id: uuid.UUID, actor: User) -> None:
    """The interpreter is not needed any more.  Raises ``NotYourCall``."""
    call = _own(call_id, actor)
    leg = live_leg(call, LegRole.INTERPRETER)
    if leg is None:
        return
    if leg.state == LegState.IN:
        note(call, CallEventKind.INTERPRETER_LEFT, actor)
    legs_leave(call, LegRole.INTERPRETER)
    queue.enqueue_settle(call_id=call.pk)


def _hold(call: Call, *, is_on: bool) -> None:
    call.hold_wanted, call.note = is_on, ""
    call.save(update_fields=["hold_wanted", "note"])
    queue.enqueue_settle(call_id=call.pk)


def _may_be_asked(colleague: User, actor: User) -> None:
    if colleague == actor or not colleague.is_active or not colleague.has_perm("calls.take_calls"):
        raise ColleagueCannotAnswer
    if not can_answer(user_id=colleague.pk):
        raise ColleagueCannotAnswer
    if is_talking(user=colleague):
        raise ColleagueBusy


def _own(call_id: uuid.UUID, actor: User) -> Call:
    call = call_locked(call_id)
    if call.state != CallState.CONNECTED or call.taken_by != actor:
        raise NotYourCall
    return call
