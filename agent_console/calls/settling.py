"""Brings a room of the telephone company's to what the rows say, however often it runs.

The rows say what is wanted and what the company is known to have done; each step asks for a
difference only and writes down that it is gone.  Nothing is locked while the company is asked: one
job at a time does this for a call, and whoever wants something else meanwhile leaves a job behind.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .errors import TelephoneFailed
from .legs import call_not_brought, leg_ended, leg_known, leg_let_go
from .models import Call, CallEventKind, Leg, LegRole
from .moving import call_locked, is_held, note
from .ports import telephone
from .talk_workflow import LIVE_LEGS, LegState
from .workflow import CallState

# Bringing a caller who is in the room already would take them out of it: it is asked for again only
# when the company's word that they came is overdue.
_BRING_AGAIN_AFTER = timedelta(seconds=10)


def call_settle(*, call_id: uuid.UUID) -> None:
    """Raises ``TelephoneFailed``: to be tried again, or to be given up by ``call_unsettled``."""
    call = Call.objects.select_related("taken_by").filter(pk=call_id).first()
    if call is None:  # erased meanwhile, its telephones with it
        return
    for leg in _legs(call, LegState.RINGING):
        if not leg.provider_id:
            leg_known(leg_id=leg.pk, provider_id=telephone().ring(leg))
    if call.state == CallState.CONNECTED and call.in_room_at is None:
        _bring_in(call)  # what follows waits for the caller to be there
    elif call.state == CallState.CONNECTED:
        # Who keeps the room open first, who may leave it last: it never closes in between.
        _told_who_ends(call, is_on=True)
        _held(call)
        _told_who_ends(call, is_on=False)
        if not call.legs.filter(role=LegRole.OPERATOR, state__in=LIVE_LEGS).exists():
            telephone().close_room(call)  # nobody is left alone with the music
    for leg in _legs(call, LegState.LEAVING):
        if leg.provider_id:
            telephone().hang_up(leg.provider_id)
        leg_ended(leg_id=leg.pk, how="released")


def call_unsettled(*, call_id: uuid.UUID, how: str) -> None:
    """The company does not do it: nobody is left in between, and the operator is told.

    Telephones that did not ring are given up, a caller who could not be brought waits on, a hold
    that was not taken is not wanted any more; who is to leave is hung up by a job of its own.
    """
    call = Call.objects.get(pk=call_id)
    leaving = _legs(call, LegState.LEAVING)
    if call.state == CallState.CONNECTED and call.in_room_at is None:
        call_not_brought(call_id=call_id, how=how)
    for leg in _legs(call, LegState.RINGING):
        if not leg.provider_id:
            leg_ended(leg_id=leg.pk, how=how)
    for leg in leaving:
        leg_let_go(leg_id=leg.pk, how=how)
    _hold_given_up(call_id, how)


@transaction.atomic
def hold_known(*, call_id: uuid.UUID, is_on: bool) -> None:
    """The company holds the caller, or no longer does; said twice, it is written down once."""
    _hold_written(call_locked(call_id), is_on=is_on)


@transaction.atomic
def hold_told(*, call_id: uuid.UUID, is_on: bool) -> None:
    """The same by a late word of the company's: what is wanted no more is an older step's."""
    call = call_locked(call_id)
    if call.hold_wanted == is_on:
        _hold_written(call, is_on=is_on)


def _hold_written(call: Call, *, is_on: bool) -> None:
    if is_held(call) != is_on:
        note(call, CallEventKind.HELD if is_on else CallEventKind.RESUMED, call.taken_by)


def _bring_in(call: Call) -> None:
    now = timezone.now()
    if call.brought_at is not None and now - call.brought_at < _BRING_AGAIN_AFTER:
        return
    Call.objects.filter(pk=call.pk).update(brought_at=now)
    try:
        telephone().bring_in(call)
    except TelephoneFailed:
        Call.objects.filter(pk=call.pk).update(brought_at=None)
        raise


def _held(call: Call) -> None:
    if call.hold_wanted != is_held(call):
        telephone().hold(call, is_on=call.hold_wanted)
        hold_known(call_id=call.pk, is_on=call.hold_wanted)


def _told_who_ends(call: Call, *, is_on: bool) -> None:
    """The operator who leaves closes the room, unless a colleague is about to have the call."""
    there = call.legs.exclude(state=LegState.ENDED).exclude(provider_id="")
    for leg in there.exclude(state__in=(LegState.RINGING, LegState.OFFERED)):
        if leg.is_told_to_end != is_on and _ends(call, leg) == is_on:
            telephone().ends_room(leg, is_on=is_on)
            Leg.objects.filter(pk=leg.pk).update(is_told_to_end=is_on)


def _ends(call: Call, leg: Leg) -> bool:
    consulted = call.legs.filter(role=LegRole.COLLEAGUE, state=LegState.IN).exists()
    return leg.role == LegRole.OPERATOR and leg.state == LegState.IN and not consulted


@transaction.atomic
def _hold_given_up(call_id: uuid.UUID, how: str) -> None:
    call = call_locked(call_id)
    if call.state == CallState.CONNECTED and call.hold_wanted != is_held(call):
        call.hold_wanted, call.note = is_held(call), how[:32]
        call.save(update_fields=["hold_wanted", "note"])


def _legs(call: Call, state: LegState) -> list[Leg]:
    return list(call.legs.filter(state=state).select_related("user", "interpreter"))
