"""Reads of the hub."""

import uuid

from agent_console.citizens.models import ContactPoint

from .models import Author, Conversation, Delivery, DeliveryState, Message, Turn, TurnState


def conversation_of(*, contact_point: ContactPoint) -> Conversation | None:
    """The conversation of a contact point, once something was said."""
    return Conversation.objects.filter(contact_point=contact_point).first()


def conversation_at(*, channel: str, sender: bytes) -> uuid.UUID | None:
    """The conversation of a contact's digest, once something of it was taken in."""
    found = Conversation.objects.filter(
        contact_point__kind=channel, contact_point__key_digest=sender
    )
    return found.values_list("pk", flat=True).first()


def messages_after(*, conversation_id: uuid.UUID, seq: int, limit: int = 200) -> list[Message]:
    """Messages numbered above ``seq``, in order, at most ``limit``."""
    return list(
        Message.objects.filter(conversation_id=conversation_id, seq__gt=seq)
        .select_related("delivery")
        .prefetch_related("attachments")
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
    """The oldest message of a conversation that waits to be sent, and for no hour."""
    return (
        Delivery.objects.filter(
            message__conversation_id=conversation_id, state=DeliveryState.QUEUED, send_at=None
        )
        .select_related("message__conversation__contact_point")
        .order_by("message__seq")
        .first()
    )


def message_known(*, channel: str, external_id: str) -> Message | None:
    """What was received or caused under this id on this channel."""
    return Message.objects.filter(channel=channel, external_id=external_id).first()


def is_blocked(conversation: Conversation) -> bool:
    """Whether a colleague decided that this sender is not listened to."""
    return conversation.blocked_at is not None


def sender_is_blocked(*, contact_point: ContactPoint) -> bool:
    """``is_blocked`` for who may never have written."""
    return Conversation.objects.filter(
        contact_point=contact_point, blocked_at__isnull=False
    ).exists()


def offered_choices(*, contact_point: ContactPoint) -> list[dict[str, str]]:
    """The buttons of what we said last, in order: what a bare "2" answers.

    What the service says by itself hides no question unless it asks one.
    """
    said = Message.objects.filter(conversation__contact_point=contact_point)
    said = said.exclude(author=Author.CITIZEN).exclude(author=Author.SYSTEM, buttons=[])
    newest = said.order_by("-seq").first()
    return list(newest.buttons) if newest else []


def message_at(*, conversation_id: uuid.UUID, seq: int) -> Message | None:
    """The outgoing message of this number, with its delivery."""
    return (
        Message.objects.filter(conversation_id=conversation_id, seq=seq, delivery__isnull=False)
        .select_related("delivery")
        .first()
    )


def offered_at(*, contact_point: ContactPoint, seq: int) -> list[dict[str, str]]:
    """The buttons of one message of ours, in order; none when there is no such message."""
    found = Message.objects.filter(
        conversation__contact_point=contact_point, seq=seq, delivery__isnull=False
    ).first()
    return list(found.buttons) if found else []


def turn_of(*, message: Message) -> Turn | None:
    """The assistant's work on a message, as it is now; none where a person answers."""
    return Turn.objects.filter(message=message).first()


def newest_turn(*, conversation_id: uuid.UUID) -> Turn | None:
    """The assistant's work on what was said last."""
    found = Turn.objects.filter(conversation_id=conversation_id).select_related("message")
    return found.order_by("-message__seq").first()


def said_after(*, conversation_id: uuid.UUID, seq: int) -> list[Message]:
    """What we said above ``seq``, in order: everything that has a delivery."""
    found = Message.objects.filter(
        conversation_id=conversation_id, seq__gt=seq, delivery__isnull=False
    )
    return list(found.select_related("delivery").order_by("seq"))
