"""What becomes of outgoing messages.  Each function is one transaction."""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import queue
from .announce import announce_conversation
from .delivery_states import FOLLOWS, DeliveryError
from .models import Delivery, DeliveryState, Message
from .ports import Handed


@transaction.atomic
def deliveries_mark_delivered(*, conversation_id: uuid.UUID, up_to_seq: int) -> int:
    """Mark what a client acknowledged as delivered; returns how many changed."""
    return Delivery.objects.filter(
        message__conversation_id=conversation_id,
        message__seq__lte=up_to_seq,
        state__in=(DeliveryState.QUEUED, DeliveryState.SENT, DeliveryState.FAILED),
    ).update(state=DeliveryState.DELIVERED, error_code="", updated_at=timezone.now())


@transaction.atomic
def delivery_record(
    *,
    delivery_id: int,
    state: DeliveryState,
    error_code: str = "",
    handed: Handed | None = None,
) -> None:
    """Write down what became of a queued delivery.

    One that moved on meanwhile (the provider's word came first) keeps its state and learns what it
    was handed over as.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if handed is not None and not delivery.external_id:
        delivery.external_id, delivery.segments = handed.external_id, handed.segments
    delivery.attempts = F("attempts") + 1
    moved = delivery.state == DeliveryState.QUEUED
    if moved:
        delivery.state, delivery.error_code = state, error_code
    delivery.save()
    if moved:
        _announce(delivery)


@transaction.atomic
def delivery_note_attempt(*, delivery_id: int, error_code: str) -> None:
    """Write down why a queued delivery was not taken this time; it stays queued."""
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if delivery.state != DeliveryState.QUEUED:
        return
    is_news = delivery.error_code != error_code
    delivery.error_code, delivery.attempts = error_code, F("attempts") + 1
    delivery.save()
    if is_news:
        _announce(delivery)


@transaction.atomic
def delivery_postpone(*, delivery_id: int, until: datetime) -> None:
    """Let a queued delivery wait for ``until``; ``deliveries_release`` takes it up again."""
    delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery_id)
    if delivery.state == DeliveryState.QUEUED:
        delivery.send_at, delivery.error_code = until, DeliveryError.QUIET
        delivery.save(update_fields=["send_at", "error_code", "updated_at"])
        _announce(delivery)


@transaction.atomic
def deliveries_release(*, now: datetime, limit: int) -> int:
    """Put deliveries whose hour has come back into the queue; returns how many.

    ONE transaction takes the hour away and adds the job that sends: after a crash both are done,
    or neither.
    """
    due = list(
        Delivery.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(send_at__lte=now)
        .order_by("send_at", "pk")
        .values_list("pk", "message__conversation_id")[:limit]
    )
    Delivery.objects.filter(pk__in=[pk for pk, _ in due]).update(send_at=None)
    for conversation_id in dict.fromkeys(conversation for _, conversation in due):
        queue.enqueue_deliveries(conversation_id=conversation_id)
    return len(due)


@transaction.atomic
def delivery_report(
    *, channel: str, delivery_id: int, state: DeliveryState, error_code: str = ""
) -> bool:
    """What a provider says about a message later on; False when it changes nothing.

    Words come late, twice and out of order: only a step of ``FOLLOWS`` is taken.  A delivery that
    this channel never made is left alone.
    """
    delivery = (
        Delivery.objects.select_for_update(of=("self",))
        .filter(pk=delivery_id, message__channel=channel)
        .first()
    )
    if delivery is None or state not in FOLLOWS[delivery.state]:
        return False
    delivery.state, delivery.error_code = state, error_code
    delivery.save(update_fields=["state", "error_code", "updated_at"])
    _announce(delivery)
    return True


@transaction.atomic
def deliveries_send_again(*, conversation_id: uuid.UUID, after_seq: int) -> int:
    """Queue anew what was handed to somebody who went away before they got it; how many.

    For a channel whose recipient fetches messages while they are there, such as a call.
    """
    changed = Delivery.objects.filter(
        message__conversation_id=conversation_id,
        message__seq__gt=after_seq,
        state=DeliveryState.SENT,
    ).update(state=DeliveryState.QUEUED, updated_at=timezone.now())
    if changed:
        queue.enqueue_deliveries(conversation_id=conversation_id)
    return changed


def _announce(delivery: Delivery) -> None:
    message = Message.objects.get(pk=delivery.message_id)
    announce_conversation(conversation_id=message.conversation_id, seq=message.seq)
