"""Drains a conversation: its waiting turns, then its queued messages."""

import logging
import uuid

from django.template.loader import render_to_string

from . import selectors, services
from .announce import announce_typing
from .errors import DeliveryFailed, EngineRefused
from .models import DeliveryState
from .ports import DialogueEngine, TurnRequest, channel_for

logger = logging.getLogger(__name__)


def answer_waiting(*, conversation_id: uuid.UUID, engine: DialogueEngine, last_try: bool) -> None:
    """Answer every waiting turn in order.

    No transaction is open while the engine thinks.  A crash between its answer and
    ``turn_complete`` leaves the turn waiting: it is asked again under the same id and the engine
    rebuilds the same answer.  Raises ``EngineUnavailable`` unless ``last_try``: then the citizen
    is told, the turn ends, and the next ones are left to their own jobs with patience of their own.
    """
    while (turn := selectors.next_turn(conversation_id=conversation_id)) is not None:
        if services.turn_discard_if_taken_over(turn_id=turn.id):
            continue
        announce_typing(conversation_id=conversation_id, on=True)
        request = TurnRequest(
            conversation=conversation_id,
            turn=turn.id,
            channel=turn.conversation.channel,
            locale=turn.conversation.locale,
            text=turn.message.text,
        )
        try:
            result = engine.answer(request)
        except EngineRefused:
            logger.error("turn refused", extra={"turn_id": str(turn.id)})
            services.turn_give_up(turn_id=turn.id, apology=_apology())
        except Exception:
            if not last_try:
                raise
            logger.exception("turn given up", extra={"turn_id": str(turn.id)})
            services.turn_give_up(turn_id=turn.id, apology=_apology())
            return
        else:
            services.turn_complete(turn_id=turn.id, result=result)
        finally:
            announce_typing(conversation_id=conversation_id, on=False)


def deliver_queued(*, conversation_id: uuid.UUID, last_try: bool) -> None:
    """Hand every queued message to its channel, in order.

    A crash after the provider took it and before it is recorded sends it again: at least once.
    Raises ``DeliveryFailed`` for a passing failure, unless ``last_try``.
    """
    while (delivery := selectors.next_delivery(conversation_id=conversation_id)) is not None:
        try:
            channel_for(delivery.message.channel).deliver(delivery.message)
        except DeliveryFailed as failure:
            if not (failure.permanent or last_try):
                raise
            services.delivery_record(
                delivery_id=delivery.pk, state=DeliveryState.FAILED, error_code=failure.code
            )
        else:
            services.delivery_record(delivery_id=delivery.pk, state=DeliveryState.SENT)


def _apology() -> str:
    return render_to_string("conversations/apology.txt").strip()
