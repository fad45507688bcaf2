"""The end of a call: what was not heard is sent, what was half made is kept for later."""

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.citizens.addresses import is_mobile
from agent_console.citizens.errors import AddressInvalid
from agent_console.citizens.models import ChannelCode
from agent_console.citizens.services import contact_address, contact_at
from agent_console.conversations.announce import announce_console
from agent_console.conversations.deliveries import deliveries_send_again
from agent_console.conversations.resuming import resume_offer
from agent_console.conversations.selectors import newest_turn

from . import queue
from .callbacks import TOPIC, CallBackWish, call_back_request
from .errors import CallError
from .models import Call, CallBack, CallBackReason, CallEventKind
from .moving import legs_leave, note
from .talk_workflow import LegState
from .workflow import OPEN, CallState


@transaction.atomic
def call_end(
    *, provider_id: str, how: str, may_text: bool, may_answer: bool = False
) -> Call | None:
    """Write down that a call ended (``how``: the telephone's word); again changes nothing.

    ONE transaction holds the end, the job that hangs up who else is on it, the messages that are
    queued anew because nobody heard them, and what becomes of a half-made request: a text
    (``may_text``) to a mobile, by which it goes on if texts can be answered (``may_answer``), else
    a call-back.
    """
    call = (
        Call.objects.select_for_update(of=("self",))
        .select_related("conversation__contact_point")
        .filter(provider_id=provider_id)
        .first()
    )
    if call is None or call.state == CallState.ENDED:
        return call
    call.state, call.ended_how, call.ended_at = CallState.ENDED, how[:16], timezone.now()
    turn = newest_turn(conversation_id=call.conversation_id)
    call.is_half_made = bool(
        turn and turn.form and turn.message.seq > call.from_seq and call.connected_at is None
    )
    call.save(update_fields=["state", "ended_how", "ended_at", "is_half_made"])
    if call.connected_at is not None:
        note(call, CallEventKind.ENDED)
    if call.legs.exclude(state=LegState.ENDED).exists():
        legs_leave(call)
        queue.enqueue_settle(call_id=call.pk)
    deliveries_send_again(conversation_id=call.conversation_id, after_seq=call.heard_seq)
    if call.is_half_made:
        _keep_for_later(call, may_text=may_text, may_answer=may_answer)
    announce_console(topics=[TOPIC])
    return call


def _keep_for_later(call: Call, *, may_text: bool, may_answer: bool) -> None:
    contact_point = call.conversation.contact_point
    try:
        phone = contact_address(contact_point)
    except AddressInvalid:
        phone = None
    if phone is None:  # withheld: an operator finds it on the calls' page
        return
    if CallBack.objects.filter(
        number_digest=bytes(contact_point.key_digest), state__in=OPEN
    ).exists():
        return
    if may_text and is_mobile(phone):
        by_text = contact_at(kind=ChannelCode.SMS, address=phone)
        if by_text.opted_out_at is None:
            text = render_to_string(
                "calls/half_made.txt",
                {
                    "number": settings.TWILIO_VOICE_FROM,
                    "address": settings.PUBLIC_BASE_URL,
                    "may_answer": may_answer,
                },
            )
            resume_offer(
                contact_point=by_text,
                of=call.conversation,
                cause=f"call:{call.pk}",
                text=text.strip(),
            )
            return
    try:
        call_back_request(
            request_key=f"call:{call.pk}",
            wish=CallBackWish(
                channel=ChannelCode.VOICE,
                reason=CallBackReason.HALF_MADE,
                conversation=call.conversation,
            ),
        )
    except CallError:  # a number that can't be called
        return
