"""The reply that the assistant would give next, as a proposal: an agent takes it up, or not.

It is a supervisor's reply template, chosen by what the assistant understands of what the person
said last.  Nothing is ever sent from here.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import User

from agent_console.conversations.desk.models import ReplyTemplate
from agent_console.conversations.engines.reading import heard
from agent_console.conversations.models import Author, Conversation, Message
from agent_console.intake.desk_context import filled_template
from agent_console.meanings import understood_label

CONFIDENCE_LEAST = 0.6


@dataclass(frozen=True)
class Suggestion:
    """``text`` as it would be inserted; ``meant``: what the assistant understood, in French."""

    template: ReplyTemplate
    text: str
    meant: str


def unanswered(conversation: Conversation) -> Message | None:
    """What the person said last, unless somebody has answered it."""
    said = conversation.messages.exclude(author=Author.SYSTEM).order_by("-seq").first()
    return said if said is not None and said.author == Author.CITIZEN else None


def suggestion_for(message: Message, *, user: User) -> Suggestion | None:
    """A reply to ``message`` in the person's language, when one fits what was understood."""
    conversation = message.conversation
    offered = ReplyTemplate.objects.filter(is_active=True, locale=conversation.locale)
    offered = offered.exclude(intent="")
    if not message.text.strip() or not offered.exists():
        return None
    meant = heard(message.text)
    if meant is None or meant.confidence < CONFIDENCE_LEAST:
        return None
    template = offered.filter(intent=meant.intent).first()
    if template is None:
        return None
    text = filled_template(user, conversation, template.text)
    return Suggestion(template=template, text=text, meant=understood_label(meant.intent))
