"""Reads of the hub."""

import uuid

from django.db.models import OuterRef, QuerySet, Subquery

from agent_console.citizens.models import ContactPoint

from .models import Conversation, Delivery, DeliveryState, Message, Turn, TurnState


def conversation_of(*, contact_point: ContactPoint) -> Conversation | None:
    """The conversation of a contact point, once something was said."""
    return Conversation.objects.filter(contact_point=contact_point).first()


def conversation_list(*, limit: int = 100) -> QuerySet[Conversation]:
    """The most recent conversations with ``last_text``, what was said last."""
    newest = Message.objects.filter(conversation=OuterRef("pk")).order_by("-seq")
    return (
        Conversation.objects.filter(last_seq__gt=0)
        .annotate(
            last_text=Subquery(newest.values("text")[:1]),
            last_author=Subquery(newest.values("author")[:1]),
        )
        .select_related("contact_point__resident")
        .order_by("-last_message_at")[:limit]
    )


def messages_after(*, conversation_id: uuid.UUID, seq: int, limit: int = 200) -> list[Message]:
    """Messages numbered above ``seq``, in order, at most ``limit``."""
    return list(
        Message.objects.filter(conversation_id=conversation_id, seq__gt=seq)
        .select_related("delivery")
        .order_by("seq")[:limit]
    )


def next_turn(*, conversation_id: uuid.UUID) -> Turn | None:
    """The oldest turn that waits for its answer."""
    return (
        Turn.objects.filter(conversation_id=conversation_id, state=TurnState.WAITING)
        .select_related("message", "conversation")
        .order_by("message__seq")
        .first()
    )


def next_delivery(*, conversation_id: uuid.UUID) -> Delivery | None:
    """The oldest message of a conversation that waits to be sent."""
    return (
        Delivery.objects.filter(
            message__conversation_id=conversation_id, state=DeliveryState.QUEUED
        )
        .select_related("message")
        .order_by("message__seq")
        .first()
    )
