"""What the telephones beside the caller's do: they ring, answer, and hang up.

Each function is one transaction under the call's lock.  What comes late, twice, or from a leg that
is not wanted any more changes nothing.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from . import queue
from .models import Call, CallEventKind, Leg, LegRole
from .moving import call_locked, call_moved, leg_moved, legs_leave, live_leg, note
from .talk_workflow import LegState
from .workflow import CallState

# What stands where a telephone was not answered, for whoever asked for it.
NOT_ANSWERED = "not_answered"


def leg_found(*, leg_id: uuid.UUID) -> Leg | None:
    """A leg with whom it is of."""
    return Leg.objects.filter(pk=leg_id).select_related("call", "user", "interpreter").first()


@transaction.atomic
def leg_known(*, leg_id: uuid.UUID, provider_id: str) -> bool:
    """The company's number of a leg; False for a second one, which is to be hung up.

    ONE transaction holds the number and, where the leg was given up meanwhile, the job that hangs
    up: a worker that died between asking and writing loses no telephone that rings.
    """
    _, leg = _locked(leg_id)
    if leg.provider_id == provider_id:
        return True
    if leg.provider_id:
        queue.enqueue_hang_up(provider_id=provider_id)
        return False
    leg.provider_id = provider_id
    leg.save(update_fields=["provider_id"])
    if leg.state in (LegState.LEAVING, LegState.ENDED):
        queue.enqueue_hang_up(provider_id=provider_id)
    return True


@transaction.atomic
def leg_answered(*, leg_id: uuid.UUID, provider_id: str) -> bool:
    """Somebody picked up and is to join the room; False when that is no longer wanted.

    For the operator ONE transaction holds that they are connected and the job that brings the
    caller to them.
    """
    call, leg = _locked(leg_id)
    if leg.provider_id not in ("", provider_id):
        return False
    if leg.state == LegState.IN:
        return True
    if leg.role == LegRole.OPERATOR and not _may_connect(call, leg):
        leg_moved(leg, LegState.LEAVING)
        return False
    if call.state not in (CallState.RINGING, CallState.CONNECTED) or not leg_moved(
        leg, LegState.IN
    ):
        return False
    if not leg.provider_id:
        leg.provider_id = provider_id
        leg.save(update_fields=["provider_id"])
    if leg.role == LegRole.OPERATOR:
        call_moved(call, CallState.CONNECTED)
        call.connected_at = timezone.now()
        call.save(update_fields=["connected_at"])
        note(call, CallEventKind.CONNECTED, leg.user)
    elif leg.role == LegRole.COLLEAGUE:
        note(call, CallEventKind.CONSULTED, leg.user)
    else:
        note(call, CallEventKind.INTERPRETED, call.taken_by)
    queue.enqueue_settle(call_id=call.pk)
    return True


@transaction.atomic
def leg_ended(*, leg_id: uuid.UUID, how: str) -> None:
    """A telephone hung up or was not answered (``how``: the company's word).

    Who waits keeps their place; who was about to be passed on is; an operator who leaves ends the
    talk.
    """
    call, leg = _locked(leg_id)
    before = leg.state
    if not leg_moved(leg, LegState.ENDED, how=how):
        return
    if leg.role == LegRole.OPERATOR:
        _operator_gone(call, leg, before, how)
    elif leg.role == LegRole.COLLEAGUE:
        if before == LegState.RINGING:
            call.note = NOT_ANSWERED
        if before in (LegState.RINGING, LegState.IN):
            call.hold_wanted = False
        call.save(update_fields=["note", "hold_wanted"])
    elif before == LegState.IN:
        note(call, CallEventKind.INTERPRETER_LEFT, call.taken_by)
    elif before == LegState.RINGING:
        call.note = NOT_ANSWERED
        call.save(update_fields=["note"])
    queue.enqueue_settle(call_id=call.pk)


@transaction.atomic
def leg_let_go(*, leg_id: uuid.UUID, how: str) -> None:
    """It leaves, but not with its room: ONE transaction holds its end and the job that hangs up."""
    _, leg = _locked(leg_id)
    if leg.provider_id:
        queue.enqueue_hang_up(provider_id=leg.provider_id)
    leg_ended(leg_id=leg_id, how=how)


def pass_on(call: Call, leg: Leg) -> None:
    """The consulted colleague has the call now; in the caller's transaction, the call locked."""
    former = live_leg(call, LegRole.OPERATOR)
    if former is not None:
        leg_moved(former, LegState.LEAVING)
    leg.role = LegRole.OPERATOR
    leg.save(update_fields=["role"])
    call.taken_by, call.take = leg.user, call.take + 1
    call.hold_wanted, call.note = False, ""
    call.save(update_fields=["taken_by", "take", "hold_wanted", "note"])
    note(call, CallEventKind.TRANSFERRED, leg.user)
    queue.enqueue_settle(call_id=call.pk)


def _operator_gone(call: Call, leg: Leg, before: str, how: str) -> None:
    if before == LegState.RINGING and leg.take == call.take:
        _back_in_queue(call, how)
    elif before == LegState.IN:
        colleague = live_leg(call, LegRole.COLLEAGUE)
        if colleague is not None and colleague.state == LegState.IN:
            pass_on(call, colleague)  # hung up: the call is the colleague's
        else:
            legs_leave(call)


def _back_in_queue(call: Call, how: str) -> None:
    if call_moved(call, CallState.WAITING):
        call.note = how[:32]
        call.taken_by = call.taken_at = None
        call.save(update_fields=["note", "taken_by", "taken_at"])


@transaction.atomic
def call_not_brought(*, call_id: uuid.UUID, how: str) -> None:
    """The caller could not be taken to the operator: they wait on, and the operator is told."""
    call = call_locked(call_id)
    if call.in_room_at is None and call.state == CallState.CONNECTED:
        legs_leave(call)
        call.connected_at = call.brought_at = None
        call.save(update_fields=["connected_at", "brought_at"])
        _back_in_queue(call, how)
        queue.enqueue_settle(call_id=call.pk)


def _may_connect(call: Call, leg: Leg) -> bool:
    return call.state == CallState.RINGING and call.take == leg.take


def _locked(leg_id: uuid.UUID) -> tuple[Call, Leg]:
    """Raises ``Leg.DoesNotExist``."""
    call = call_locked(Leg.objects.values_list("call_id", flat=True).get(pk=leg_id))
    return call, Leg.objects.select_related("user", "interpreter").get(pk=leg_id)
