"""Writes of the hub.  Each public function is one transaction."""

import uuid

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from agent_console.citizens.models import ContactPoint

from . import queue
from .announce import announce_conversation
from .errors import InvalidText
from .models import (
    Author,
    Conversation,
    Delivery,
    DeliveryState,
    Handler,
    Message,
    Turn,
    TurnState,
)
from .notices import notice_send as notice_send
from .outgoing import append_message, append_outgoing
from .ports import Reply, TurnResult


@transaction.atomic
def receive_message(*, contact_point: ContactPoint, external_id: str, text: str) -> Message:
    """Store what a citizen wrote, once, with the job that answers it.

    ONE transaction holds the duplicate check on (channel, external id), the next gapless number,
    the row, its turn and the job: after a crash either all of it is there or the sender, who got
    no acknowledgement, sends it again.  The same ``external_id`` returns the first message.

    Raises ``InvalidText`` (``text_empty``, ``text_too_long``, ``text_invalid``).
    """
    cleaned = _clean(text)
    conversation = _locked_conversation(contact_point)
    known = Message.objects.filter(channel=conversation.channel, external_id=external_id).first()
    if known is not None:
        return known
    message = append_message(
        conversation, author=Author.CITIZEN, text=cleaned, external_id=external_id, buttons=[]
    )
    if conversation.handler == Handler.BOT:
        Turn.objects.create(message=message, conversation=conversation, fence=conversation.fence)
        queue.enqueue_turns(conversation_id=conversation.id)
    return message


@transaction.atomic
def turn_complete(*, turn_id: uuid.UUID, result: TurnResult) -> bool:
    """Store the assistant's replies and their deliveries; False when they are discarded.

    The fence is compared under the conversation's lock: an agent who took over meanwhile is never
    talked over.  Turn and replies change together, so a repeated call finds the turn ended.
    """
    turn = Turn.objects.select_for_update(of=("self",)).get(pk=turn_id)
    if turn.state != TurnState.WAITING:
        return turn.state == TurnState.DONE
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    turn.intent = result.intent[:64]
    turn.confidence = result.confidence
    if _taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
        return False
    _end_turn(turn, TurnState.DONE)
    append_outgoing(
        conversation,
        author=Author.BOT,
        replies=result.replies,
        cause=f"turn:{turn.id}",
    )
    return True


@transaction.atomic
def turn_discard_if_taken_over(*, turn_id: uuid.UUID) -> bool:
    """End a turn that an agent answers instead, before the engine could act on it."""
    turn = Turn.objects.select_for_update(of=("self",)).get(pk=turn_id)
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    if turn.state == TurnState.WAITING and _taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
    return turn.state == TurnState.DISCARDED


@transaction.atomic
def turn_give_up(*, turn_id: uuid.UUID, apology: str) -> None:
    """End a turn that the engine could not answer, and tell the citizen so."""
    turn = Turn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.WAITING:
        return
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    if _taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
        return
    _end_turn(turn, TurnState.FAILED)
    append_outgoing(
        conversation,
        author=Author.SYSTEM,
        replies=[Reply(text=apology, buttons=[])],
        cause=f"turn:{turn.id}",
    )


@transaction.atomic
def deliveries_mark_delivered(*, conversation_id: uuid.UUID, up_to_seq: int) -> int:
    """Mark what a client acknowledged as delivered; returns how many changed."""
    return Delivery.objects.filter(
        message__conversation_id=conversation_id,
        message__seq__lte=up_to_seq,
        state__in=(DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED),
    ).update(state=DeliveryState.DELIVERED, updated_at=timezone.now())


@transaction.atomic
def delivery_record(*, delivery_id: int, state: DeliveryState, error_code: str = "") -> None:
    """Write down what became of a queued delivery; one that moved on meanwhile is left alone."""
    changed = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.QUEUED).update(
        state=state, error_code=error_code, attempts=F("attempts") + 1, updated_at=timezone.now()
    )
    if changed:
        message = Message.objects.get(delivery__pk=delivery_id)
        announce_conversation(conversation_id=message.conversation_id, seq=message.seq)


def _clean(text: str) -> str:
    cleaned = text.strip()
    if not cleaned:
        raise InvalidText("text_empty")
    if len(cleaned) > settings.CHAT_TEXT_CHARS_MAX:
        raise InvalidText("text_too_long")
    if "\x00" in cleaned:  # PostgreSQL can't store it
        raise InvalidText("text_invalid")
    return cleaned


def _locked_conversation(contact_point: ContactPoint) -> Conversation:
    Conversation.objects.get_or_create(
        contact_point=contact_point,
        defaults={"channel": contact_point.kind, "locale": contact_point.locale},
    )
    return Conversation.objects.select_for_update().get(contact_point=contact_point)


def _taken_over(turn: Turn, conversation: Conversation) -> bool:
    """Whether an agent answers now, or did since the turn began."""
    return conversation.handler != Handler.BOT or conversation.fence != turn.fence


def _end_turn(turn: Turn, state: TurnState) -> None:
    turn.state = state
    turn.ended_at = timezone.now()
    turn.save(update_fields=["state", "ended_at", "intent", "confidence"])
