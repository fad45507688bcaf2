"""Writes about calls.  Each public function is one transaction, and harmless when repeated.

What the telephone company says comes late and twice: only a step of ``CALL_FOLLOWS`` is taken, and
what belongs to an operator's earlier try (``take``) is not.
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.models import ContactPoint
from agent_console.conversations.announce import announce_console
from agent_console.conversations.deliveries import deliveries_mark_delivered
from agent_console.conversations.outgoing import conversation_locked

from . import queue
from .callbacks import TOPIC
from .desk import can_answer
from .errors import AlreadyTaken, CallGone, DeskPhoneMissing
from .models import Call, Leg, LegRole, RecordingAnswer
from .moving import call_locked, call_moved, legs_leave
from .names import name_of
from .selectors import waits
from .talk_workflow import LegState
from .workflow import CallState

_NEXT_TRIES = 3


@transaction.atomic
def call_open(*, provider_id: str, contact_point: ContactPoint) -> Call:
    """The call of this number at the provider, begun now if it is new."""
    known = Call.objects.filter(provider_id=provider_id).select_related("conversation").first()
    if known is not None:
        return known
    conversation = conversation_locked(contact_point)
    call, is_new = Call.objects.get_or_create(
        provider_id=provider_id,
        defaults={
            "conversation": conversation,
            "from_seq": conversation.last_seq,
            "heard_seq": conversation.last_seq,
        },
    )
    if is_new:
        announce_console(topics=[TOPIC])
    return call


@transaction.atomic
def call_advance(*, call_id: uuid.UUID, step: int, heard_seq: int) -> None:
    """The caller answered: what was said before that was heard."""
    call = call_locked(call_id)
    call.step, call.heard_seq = max(call.step, step), max(call.heard_seq, heard_seq)
    call.save(update_fields=["step", "heard_seq"])
    if heard_seq > call.from_seq:
        deliveries_mark_delivered(conversation_id=call.conversation_id, up_to_seq=heard_seq)


@transaction.atomic
def call_queue(*, call_id: uuid.UUID) -> Call:
    """Wait for an operator; whoever waited before keeps their place."""
    call = call_locked(call_id)
    if call_moved(call, CallState.WAITING) and call.queued_at is None:
        call.queued_at, call.queue_place = timezone.now(), waits(call=call).position
        call.save(update_fields=["queued_at", "queue_place"])
    return call


@transaction.atomic
def call_leave(*, call_id: uuid.UUID) -> None:
    """Wait no longer: the assistant goes on, or the call ends."""
    call = call_locked(call_id)
    if call_moved(call, CallState.TALKING):
        call.queued_at = None
        call.save(update_fields=["queued_at"])
        legs_leave(call)
        queue.enqueue_settle(call_id=call.pk)


@transaction.atomic
def call_recording(*, call_id: uuid.UUID, accepted: bool) -> None:
    """What the caller answered when recording was announced; the first answer counts."""
    call = call_locked(call_id)
    if call.recording == RecordingAnswer.NOT_ASKED:
        call.recording = RecordingAnswer.ACCEPTED if accepted else RecordingAnswer.REFUSED
        call.save(update_fields=["recording"])


@transaction.atomic
def call_take(*, call_id: uuid.UUID, actor: User) -> Call:
    """Have this caller put through to the operator's own telephone.

    ONE transaction holds the step, the leg and the job that makes it ring; the caller keeps their
    place until it is answered.  Raises ``DeskPhoneMissing``, ``AlreadyTaken``, ``CallGone``.
    """
    if not can_answer(user_id=actor.pk):
        raise DeskPhoneMissing
    call = call_locked(call_id)
    if call.state in (CallState.RINGING, CallState.CONNECTED) and call.taken_by != actor:
        raise AlreadyTaken(name_of(call.taken_by))
    if call.state == CallState.RINGING:
        return call  # pressed twice
    if not call_moved(call, CallState.RINGING):
        raise CallGone
    call.taken_by, call.taken_at, call.note = actor, timezone.now(), ""
    call.take += 1
    call.save(update_fields=["taken_by", "taken_at", "take", "note"])
    Leg.objects.create(
        call=call,
        role=LegRole.OPERATOR,
        user=actor,
        state=LegState.RINGING,
        take=call.take,
        is_told_to_end=True,  # its own document says so
    )
    queue.enqueue_settle(call_id=call.pk)
    return call


def call_take_next(*, actor: User) -> Call | None:
    """Take who waits longest; ``None`` when nobody does.  Raises ``DeskPhoneMissing``.

    Two operators at once get two callers: who is being taken by one is skipped by the other.
    """
    for _ in range(_NEXT_TRIES):
        try:
            return _take_first(actor)
        except (AlreadyTaken, CallGone):
            continue
    return None


@transaction.atomic
def _take_first(actor: User) -> Call | None:
    waiting = Call.objects.filter(state=CallState.WAITING).order_by("queued_at")
    first = waiting.select_for_update(skip_locked=True).values_list("pk", flat=True).first()
    return call_take(call_id=first, actor=actor) if first else None


@transaction.atomic
def call_in_room(*, call_id: uuid.UUID, take: int) -> bool:
    """The caller left the queue for the room; False when nobody waits for them there."""
    call = call_locked(call_id)
    if call.state != CallState.CONNECTED or call.take != take:
        return False
    if call.in_room_at is None:
        call.in_room_at = timezone.now()
        call.save(update_fields=["in_room_at"])
        queue.enqueue_settle(call_id=call.pk)
    return True


@transaction.atomic
def call_room(*, call_id: uuid.UUID, room_id: str) -> None:
    """The company's number of the room; the first one counts."""
    call = call_locked(call_id)
    if not call.room_id:
        call.room_id = room_id
        call.save(update_fields=["room_id"])
