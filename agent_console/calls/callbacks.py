"""Writes about call-backs.  Each public function is one transaction.

Asking is idempotent twice over: by the request's key, and because a number has one open request.
Whatever crashes, the same key finds what was stored.
"""

import json
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.addresses import NUMBER_KINDS, may_get_codes, phone_normalised
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_address, contact_at
from agent_console.conversations.announce import announce_console
from agent_console.conversations.models import Conversation
from agent_console.digests import keyed_digest
from agent_console.opening.selectors import desk_hours
from service_kit.locks import lock_for_transaction

from . import queue
from .desk import desk_phone
from .errors import (
    AlreadyTaken,
    DeskPhoneMissing,
    PhoneInvalid,
    PhoneMissing,
    RequestConflict,
    StepRefused,
)
from .models import CallBack, CallBackReason, CallBackStep
from .names import name_of
from .workflow import OPEN, STEPS, CallBackAct, CallBackState

TOPIC = "calls"


@dataclass(frozen=True)
class CallBackWish:
    """Who wants to be called: at ``phone`` as people write it, or at the conversation's number."""

    channel: str
    reason: CallBackReason
    conversation: Conversation | None = None
    phone: str = field(default="", repr=False)


@transaction.atomic
def call_back_request(*, request_key: str, wish: CallBackWish) -> CallBack:
    """Have somebody called, once per ``request_key`` (at most 160 characters).

    A number that waits already keeps its place: that request is returned.  ONE transaction holds
    the row and its first step, under a lock of the number.

    Raises ``PhoneMissing``, ``PhoneInvalid``, ``RequestConflict``.
    """
    digest = _request_digest(wish)
    known = CallBack.objects.filter(request_key=request_key).first()
    if known is not None:
        if bytes(known.request_digest) != digest:
            raise RequestConflict
        return known
    contact_point = _contact_to_call(wish)
    number = bytes(contact_point.key_digest)
    lock_for_transaction(f"call-back:{number.hex()}")
    waiting = CallBack.objects.filter(number_digest=number, state__in=OPEN).first()
    if waiting is not None:
        return waiting
    made, is_new = CallBack.objects.get_or_create(
        request_key=request_key,
        defaults={
            "contact_point": contact_point,
            "number_digest": number,
            "conversation": wish.conversation,
            "channel": wish.channel,
            "reason": wish.reason,
            "call_from": _call_from(),
            "request_digest": digest,
        },
    )
    if is_new:
        CallBackStep.objects.create(call_back=made, act=CallBackAct.REQUESTED)
        announce_console(topics=[TOPIC])
    return made


def call_back_claim(*, call_back_id: uuid.UUID, actor: User) -> CallBack:
    """Take it up; raises ``AlreadyTaken`` with the colleague's name, ``StepRefused``."""
    return _step(call_back_id, CallBackAct.CLAIMED, actor)


def call_back_release(*, call_back_id: uuid.UUID, actor: User) -> CallBack:
    """Put it back into the list; any operator may, a colleague may have gone home."""
    return _step(call_back_id, CallBackAct.RELEASED, actor)


def call_back_finish(*, call_back_id: uuid.UUID, actor: User, was_reached: bool) -> CallBack:
    """Write down that the person was called, or could not be reached."""
    act = CallBackAct.DONE if was_reached else CallBackAct.UNREACHED
    return _step(call_back_id, act, actor)


def call_back_reopen(*, call_back_id: uuid.UUID, actor: User) -> CallBack:
    """Undo the end: it waits again.  ``StepRefused`` when the number asked anew meanwhile."""
    return _step(call_back_id, CallBackAct.REOPENED, actor)


def call_back_cancel(*, call_back_id: uuid.UUID) -> CallBack:
    """The person does not need it any more; cancelling again changes nothing."""
    return _step(call_back_id, CallBackAct.CANCELLED, None)


@transaction.atomic
def call_back_dial(*, call_back_id: uuid.UUID, actor: User) -> CallBack:
    """Have the operator's telephone ring, then the resident's; takes it up if nobody did.

    ONE transaction holds the step and the job.  Raises ``DeskPhoneMissing``, ``AlreadyTaken``,
    ``StepRefused``.
    """
    if desk_phone(user_id=actor.pk) is None:
        raise DeskPhoneMissing
    _step(call_back_id, CallBackAct.CLAIMED, actor)
    row = _step(call_back_id, CallBackAct.DIALLED, actor)
    row.attempts += 1
    row.save(update_fields=["attempts"])
    queue.enqueue_call_back(call_back_id=row.pk, attempt=row.attempts)
    return row


@transaction.atomic
def call_back_answered(*, call_back_id: uuid.UUID, attempt: int, how: str) -> None:
    """What the telephone said of an attempt; the operator decides what it means."""
    row = CallBack.objects.select_for_update(of=("self",)).filter(pk=call_back_id).first()
    if row is None or row.attempts != attempt:
        return
    known = row.steps.filter(act=CallBackAct.ANSWERED, note__startswith=f"{attempt}:").exists()
    if not known:
        CallBackStep.objects.create(
            call_back=row, act=CallBackAct.ANSWERED, note=f"{attempt}:{how}"[:32]
        )
        announce_console(topics=[TOPIC])


@transaction.atomic
def _step(
    call_back_id: uuid.UUID, act: CallBackAct, actor: User | None, *, note: str = ""
) -> CallBack:
    """Raises ``CallBack.DoesNotExist``, ``AlreadyTaken``, ``StepRefused``."""
    row = CallBack.objects.select_for_update(of=("self",)).get(pk=call_back_id)
    if act == CallBackAct.CANCELLED and row.state == CallBackState.CANCELLED:
        return row
    if act == CallBackAct.CLAIMED and row.state == CallBackState.CLAIMED:
        if row.claimed_by_id == (actor.pk if actor else None):
            return row  # pressed twice
        raise AlreadyTaken(name_of(row.claimed_by))
    following = STEPS.get((row.state, act))
    if following is None:
        raise StepRefused
    if act == CallBackAct.REOPENED:
        lock_for_transaction(f"call-back:{bytes(row.number_digest).hex()}")
        if CallBack.objects.filter(number_digest=row.number_digest, state__in=OPEN).exists():
            raise StepRefused
    row.state = following
    if act == CallBackAct.CLAIMED:
        row.claimed_by = actor
    elif following == CallBackState.WAITING:
        row.claimed_by = None
    row.ended_at = None if following in OPEN else timezone.now()
    row.save(update_fields=["state", "claimed_by", "ended_at"])
    CallBackStep.objects.create(call_back=row, act=act, actor=actor, note=note)
    announce_console(topics=[TOPIC])
    return row


def _contact_to_call(wish: CallBackWish) -> ContactPoint:
    if wish.phone.strip():
        try:
            phone = phone_normalised(wish.phone)
            if not may_get_codes(phone):
                raise PhoneInvalid
        except AddressInvalid as error:
            raise PhoneInvalid from error
        return contact_at(kind=ChannelCode.PHONE, address=phone)
    own = wish.conversation.contact_point if wish.conversation else None
    if own is None or own.kind not in NUMBER_KINDS:
        raise PhoneMissing
    try:
        phone_known = contact_address(own)
    except AddressInvalid as error:  # sealed with a key that is gone
        raise PhoneMissing from error
    if phone_known is None:  # a withheld number
        raise PhoneMissing
    return own


def _call_from() -> datetime:
    """When the desk is there; a desk without any hours calls when it can."""
    now = timezone.now()
    return desk_hours().next_opening(now) or now


def _request_digest(wish: CallBackWish) -> bytes:
    conversation = str(wish.conversation.pk) if wish.conversation else ""
    body = json.dumps([wish.channel, wish.reason, conversation, wish.phone.strip()])
    return keyed_digest(domain="call-back-request", text=body)
