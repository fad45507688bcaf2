"""Drains a conversation: its waiting turns, then its queued messages."""

import logging
import uuid

from django.template.loader import render_to_string
from django.utils import timezone

from agent_console.citizens.models import ChannelCode

from . import selectors, services
from .announce import announce_typing
from .deliveries import delivery_note_attempt, delivery_postpone, delivery_record
from .errors import DeliveryFailed, EngineRefused
from .models import AttachmentState, DeliveryState, Turn
from .notices import rings_at
from .ports import DialogueEngine, Location, TurnRequest, channel_for
from .resuming import resumed_by

logger = logging.getLogger(__name__)


def answer_waiting(*, conversation_id: uuid.UUID, engine: DialogueEngine, last_try: bool) -> None:
    """Answer every waiting turn in order.

    No transaction is open while the engine thinks.  A crash between its answer and
    ``turn_complete`` leaves the turn waiting: it is asked again under the same id and the engine
    rebuilds the same answer.  Raises ``EngineUnavailable`` unless ``last_try``: then the citizen
    is told, the turn ends, and the next ones are left to their own jobs with patience of their own.
    """
    while (turn := selectors.next_turn(conversation_id=conversation_id)) is not None:
        # As it was read; what changes from here on is noticed under the lock, by turn_complete.
        if services.is_taken_over(turn, turn.conversation) and (
            services.turn_discard_if_taken_over(turn_id=turn.id)
        ):
            continue
        request = _request(turn)
        if not (request.text or request.photos or request.location):
            # Its pictures could not be taken in, and the citizen was told so.
            services.turn_close(turn_id=turn.id)
            continue
        shows_typing = turn.conversation.channel == ChannelCode.WEB
        if shows_typing:
            announce_typing(conversation_id=conversation_id, on=True)
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
            if shows_typing:
                announce_typing(conversation_id=conversation_id, on=False)


def deliver_queued(*, conversation_id: uuid.UUID, last_try: bool) -> None:
    """Hand every queued message to its channel, in order.

    A crash after the provider took it and before it is recorded sends it again: at least once.
    Raises ``DeliveryFailed`` for a passing failure, unless ``last_try``: what waits behind it waits
    too, so that nobody reads an answer before what it answers.  A notice that comes to leave in
    quiet hours waits for their end, alone.
    """
    while (delivery := selectors.next_delivery(conversation_id=conversation_id)) is not None:
        if (until := rings_at(delivery.message, now=timezone.now())) is not None:
            delivery_postpone(delivery_id=delivery.pk, until=until)
            continue
        try:
            handed = channel_for(delivery.message.channel).deliver(delivery.message)
        except DeliveryFailed as failure:
            if not (failure.permanent or last_try):
                delivery_note_attempt(delivery_id=delivery.pk, error_code=failure.code)
                raise
            delivery_record(
                delivery_id=delivery.pk, state=DeliveryState.FAILED, error_code=failure.code
            )
        else:
            delivery_record(delivery_id=delivery.pk, state=DeliveryState.SENT, handed=handed)


def _request(turn: Turn) -> TurnRequest:
    message = turn.message
    stored = message.attachments.filter(state=AttachmentState.STORED, photo_id__isnull=False)
    text = message.text
    if message.corrects_id is not None and text:
        text = render_to_string("conversations/correction.txt", {"text": text}).strip()
    location = None
    if message.latitude is not None and message.longitude is not None:
        location = Location(latitude=message.latitude, longitude=message.longitude)
    return TurnRequest(
        conversation=turn.conversation_id,
        turn=turn.id,
        channel=turn.conversation.channel,
        locale=turn.conversation.locale,
        text=text,
        choice=message.choice,
        photos=tuple(one.photo_id for one in stored if one.photo_id is not None),
        location=location,
        resumes=resumed_by(message),
    )


def _apology() -> str:
    return render_to_string("conversations/apology.txt").strip()
