"""What was half made in one conversation goes on in another of the same person.

A note in the second one offers it, and its cause names the first.  Nothing else is kept: whichever
turn comes next is asked with the first conversation's number, again after a crash too.
"""

import uuid
from datetime import timedelta

from agent_console.citizens.models import ContactPoint

from .models import Author, Conversation, Message
from .receiving import conversation_say

# As long as the assistant itself keeps what is half made (bot/domain/session.yml).
HALF_MADE_KEPT = timedelta(days=3)
_CAUSE = "resume:"
_LOOKED_BACK = 10  # messages; who was told more since then has forgotten the note


def resume_offer(*, contact_point: ContactPoint, of: Conversation, cause: str, text: str) -> None:
    """Tell somebody, once per ``cause`` (at most 80 characters), that ``of`` can go on here.

    The transaction is ``conversation_say``'s.
    """
    conversation_say(contact_point=contact_point, cause=f"{_CAUSE}{of.pk}:{cause}", text=text)


def resumed_by(message: Message) -> uuid.UUID | None:
    """The conversation that was offered just before ``message``, the first one answered since."""
    earlier = Message.objects.filter(conversation_id=message.conversation_id, seq__lt=message.seq)
    for one in earlier.select_related("turn").order_by("-seq")[:_LOOKED_BACK]:
        if one.author == Author.SYSTEM and one.external_id.startswith(_CAUSE):
            is_kept = message.created_at - one.created_at < HALF_MADE_KEPT
            return uuid.UUID(one.external_id.split(":")[1]) if is_kept else None
        if hasattr(one, "turn"):
            return None
    return None
