"""What citizens are told when the answering changes hands; the texts are templates."""

import uuid

from django.template.loader import render_to_string

from agent_console.citizens.models import ChannelCode

from ..models import Author, Conversation
from ..outgoing import append_outgoing
from ..ports import Reply

# Where a written answer reaches somebody: the others are spoken, or recorded by an operator.
WRITTEN = frozenset({ChannelCode.WEB, ChannelCode.SMS, ChannelCode.TELEGRAM})


def can_write(conversation: Conversation) -> bool:
    """Whether an agent's text reaches the person."""
    return conversation.channel in WRITTEN and conversation.blocked_at is None


def tell(conversation: Conversation, what: str, **said: object) -> None:
    """Say ``conversations/desk/<what>.txt`` under the conversation's lock, where it can be read."""
    if not can_write(conversation):
        return
    context = {"locale": conversation.locale, **said}
    text = render_to_string(f"conversations/desk/{what}.txt", context).strip()
    append_outgoing(
        conversation,
        author=Author.SYSTEM,
        replies=[Reply(text=text, buttons=[])],
        cause=f"desk:{uuid.uuid4()}",
    )
