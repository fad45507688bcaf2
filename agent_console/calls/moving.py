"""Steps that every write about calls takes: a row locked, a state that may follow, an event."""

import uuid

from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.conversations.announce import announce_console

from .callbacks import TOPIC
from .models import Call, CallEvent, CallEventKind, Leg, LegRole
from .talk_workflow import LEG_FOLLOWS, LIVE_LEGS, LegState
from .workflow import CALL_FOLLOWS, CallState


def call_locked(call_id: uuid.UUID) -> Call:
    """The call, which nobody else changes until the caller's transaction ends."""
    return Call.objects.select_for_update(of=("self",)).select_related("taken_by").get(pk=call_id)


def call_moved(call: Call, state: CallState) -> bool:
    """Whether ``state`` may follow; then it does, and screens are told."""
    if state not in CALL_FOLLOWS[call.state]:
        return False
    call.state = state
    call.save(update_fields=["state"])
    announce_console(topics=[TOPIC])
    return True


def leg_moved(leg: Leg, state: LegState, *, how: str = "") -> bool:
    """The same for a leg, whose call is locked.  One that never rang is over at once."""
    if state not in LEG_FOLLOWS[leg.state]:
        return False
    leg.state = state
    if state == LegState.ENDED:
        leg.ended_how, leg.ended_at = how[:32], timezone.now()
    leg.save(update_fields=["state", "ended_how", "ended_at"])
    announce_console(topics=[TOPIC])
    return True


def legs_leave(call: Call, *roles: LegRole) -> None:
    """Nobody of these is wanted on the call any more; without roles, nobody at all."""
    live = call.legs.filter(state__in=LIVE_LEGS)
    for leg in live.filter(role__in=roles) if roles else live:
        leg_moved(leg, LegState.ENDED if leg.state == LegState.OFFERED else LegState.LEAVING)


def live_leg(call: Call, role: LegRole) -> Leg | None:
    """Who rings or talks in that role; there is one at most."""
    return call.legs.filter(role=role, state__in=LIVE_LEGS).select_related("user").first()


def note(call: Call, kind: CallEventKind, actor: User | None = None) -> None:
    """Write down what happened now."""
    CallEvent.objects.create(call=call, kind=kind, actor=actor, at=timezone.now())


def is_held(call: Call) -> bool:
    """Whether the caller waits alone, as the telephone company said last."""
    kinds = (CallEventKind.HELD, CallEventKind.RESUMED)
    last = call.events.filter(kind__in=kinds).order_by("-id").first()
    return last is not None and last.kind == CallEventKind.HELD
