"""Adding messages to a conversation, under its lock and inside the caller's transaction."""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.citizens.models import ContactPoint

from . import queue
from .announce import announce_conversation
from .models import Author, Conversation, Delivery, Message
from .ports import Location, Reply


def conversation_locked(contact_point: ContactPoint) -> Conversation:
    """The contact point's conversation, made on first need and locked until the commit."""
    locked = Conversation.objects.select_for_update().filter(contact_point=contact_point)
    if (known := locked.first()) is not None:
        return known
    Conversation.objects.get_or_create(
        contact_point=contact_point,
        defaults={"channel": contact_point.kind, "locale": contact_point.locale},
    )
    return locked.get()


def append_message(
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    external_id: str,
    buttons: list[dict[str, str]],
    choice: str = "",
    location: Location | None = None,
    corrects: Message | None = None,
    agent: User | None = None,
) -> Message:
    """Add a message under the conversation's lock: the lock is what makes numbers gapless."""
    conversation.last_seq += 1
    conversation.last_message_at = timezone.now()
    conversation.save(update_fields=["last_seq", "last_message_at"])
    message = Message.objects.create(
        conversation=conversation,
        seq=conversation.last_seq,
        author=author,
        channel=conversation.channel,
        external_id=external_id,
        text=text,
        buttons=buttons,
        choice=choice,
        latitude=location.latitude if location else None,
        longitude=location.longitude if location else None,
        corrects=corrects,
        agent=agent,
    )
    announce_conversation(conversation_id=conversation.id, seq=message.seq)
    return message


def append_outgoing(
    conversation: Conversation,
    *,
    author: Author,
    replies: Sequence[Reply],
    cause: str,
    agent: User | None = None,
) -> None:
    """Add messages that go out, with their deliveries and the job that sends them."""
    for number, reply in enumerate(replies):
        message = append_message(
            conversation,
            author=author,
            text=reply.text,
            external_id=f"{cause}:{number}",
            buttons=reply.buttons,
            agent=agent,
        )
        Delivery.objects.create(message=message)
    if replies:
        queue.enqueue_deliveries(conversation_id=conversation.id)
