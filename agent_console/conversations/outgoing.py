"""Adding messages to a conversation, under its lock and inside the caller's transaction."""

from collections.abc import Sequence

from django.utils import timezone

from . import queue
from .announce import announce_conversation
from .models import Author, Conversation, Delivery, Message
from .ports import Reply


def append_message(
    conversation: Conversation,
    *,
    author: Author,
    text: str,
    external_id: str,
    buttons: list[dict[str, str]],
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
    )
    announce_conversation(conversation_id=conversation.id, seq=message.seq)
    return message


def append_outgoing(
    conversation: Conversation, *, author: Author, replies: Sequence[Reply], cause: str
) -> None:
    """Add messages that go out, with their deliveries and the job that sends them."""
    for number, reply in enumerate(replies):
        message = append_message(
            conversation,
            author=author,
            text=reply.text,
            external_id=f"{cause}:{number}",
            buttons=reply.buttons,
        )
        Delivery.objects.create(message=message)
    if replies:
        queue.enqueue_deliveries(conversation_id=conversation.id)
