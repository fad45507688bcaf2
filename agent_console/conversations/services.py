"""Writes of the hub.  Each public function is one transaction."""

import uuid

from django.db import transaction
from django.utils import timezone

from .alerts import alert_raise
from .deliveries import deliveries_mark_delivered as deliveries_mark_delivered
from .deliveries import delivery_record as delivery_record
from .desk.waiting import person_asked
from .models import Author, Conversation, Handler, Message, Turn, TurnState
from .notices import notice_send as notice_send
from .outgoing import append_outgoing
from .ports import Reply, TurnResult
from .receiving import receive_message as receive_message

MASK = "••••••"  # in the place of a code, a PIN or a number that was asked for


@transaction.atomic
def turn_complete(*, turn_id: uuid.UUID, result: TurnResult) -> bool:
    """Store the assistant's replies and their deliveries; False when they are discarded.

    The fence is compared under the conversation's lock: an agent who took over meanwhile is never
    talked over.  Turn and replies change together, so a repeated call finds the turn ended.  A code
    that was typed stands in the message until here, because a turn that fails is asked again.
    """
    turn = Turn.objects.select_for_update(of=("self",)).get(pk=turn_id)
    if turn.state != TurnState.WAITING:
        return turn.state == TurnState.DONE
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    if result.was_secret:
        Message.objects.filter(pk=turn.message_id).update(text=MASK, choice="")
    turn.intent = result.intent[:64]
    turn.confidence = result.confidence
    turn.form = result.form[:64]
    if is_taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
        return False
    _end_turn(turn, TurnState.DONE)
    append_outgoing(
        conversation,
        author=Author.BOT,
        replies=result.replies,
        cause=f"turn:{turn.id}",
    )
    if result.danger:
        alert_raise(conversation)
    if result.person is not None:
        person_asked(conversation, reason=result.person)
    return True


@transaction.atomic
def turn_discard_if_taken_over(*, turn_id: uuid.UUID) -> bool:
    """End a turn that an agent answers instead, before the engine could act on it."""
    turn = Turn.objects.select_for_update(of=("self",)).get(pk=turn_id)
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    if turn.state == TurnState.WAITING and is_taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
    return turn.state == TurnState.DISCARDED


@transaction.atomic
def turn_close(*, turn_id: uuid.UUID) -> None:
    """End a turn that nothing is left to say about."""
    turn = Turn.objects.select_for_update(of=("self",)).get(pk=turn_id)
    if turn.state == TurnState.WAITING:
        _end_turn(turn, TurnState.DONE)


@transaction.atomic
def turn_give_up(*, turn_id: uuid.UUID, apology: str) -> None:
    """End a turn that the engine could not answer, and tell the citizen so."""
    turn = Turn.objects.select_for_update().get(pk=turn_id)
    if turn.state != TurnState.WAITING:
        return
    conversation = Conversation.objects.select_for_update().get(pk=turn.conversation_id)
    if is_taken_over(turn, conversation):
        _end_turn(turn, TurnState.DISCARDED)
        return
    _end_turn(turn, TurnState.FAILED)
    append_outgoing(
        conversation,
        author=Author.SYSTEM,
        replies=[Reply(text=apology, buttons=[])],
        cause=f"turn:{turn.id}",
    )


def is_taken_over(turn: Turn, conversation: Conversation) -> bool:
    """Whether an agent answers now, or did since the turn began."""
    return conversation.handler != Handler.BOT or conversation.fence != turn.fence


def _end_turn(turn: Turn, state: TurnState) -> None:
    turn.state = state
    turn.ended_at = timezone.now()
    turn.save(update_fields=["state", "ended_at", "intent", "confidence", "form"])
