"""What the desk under a conversation shows: who answers, what may be done, what is written."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.conversations.desk import selectors as desk
from agent_console.conversations.desk.templating import fill
from agent_console.conversations.desk.words import can_write
from agent_console.conversations.models import Conversation, Message
from agent_console.conversations.routing.selectors import availability_labels, offer_shown
from agent_console.intake import access
from agent_console.intake.selectors import reports_of
from agent_console.photos.addresses import Size, signed_address
from channels_config.kit.capabilities import CAPABILITIES
from channels_config.sms.render import plain
from channels_config.sms.segments import segments

FREE_NUMBER = "0 800 94 94 08"


@dataclass(frozen=True)
class Writing:
    """A text that could not be sent, and why; ``missed`` is what its writer has not seen."""

    text: str
    key: uuid.UUID
    refusal: str = ""
    missed: list[Message] = field(default_factory=list)


def standing_context(conversation: Conversation, user: User) -> dict[str, Any]:
    """Who answers and who waits since when."""
    return {
        "conversation": conversation,
        "is_mine": conversation.holder_id == user.pk,
        "is_late": desk.is_late(conversation, now=timezone.now()),
        "offer": None if conversation.holder_id else offer_shown(conversation),
    }


def desk_context(
    user: User, conversation: Conversation, writing: Writing | None = None
) -> dict[str, Any]:
    """Everything under the messages, for ``user``."""
    may_answer = user.has_perm(access.ANSWER_CONVERSATIONS)
    is_mine = may_answer and conversation.holder_id == user.pk
    context: dict[str, Any] = standing_context(conversation, user) | {
        "may_answer": may_answer,
        "may_hand_on": is_mine
        or (conversation.handler == "agent" and user.has_perm(access.MANAGE_DESK)),
        "can_write": can_write(conversation),
        "note_key": uuid.uuid4(),
        "seen": conversation.last_seq,
    }
    colleagues = list(desk.colleagues_of(user)) if may_answer else []
    context["mentionable"] = colleagues
    if context["may_hand_on"]:
        labels = availability_labels(one.pk for one in colleagues)
        context |= {
            "colleagues": [(one, labels.get(one.pk, "")) for one in colleagues],
            "teams": list(desk.teams()),
        }
    if may_answer:
        writing = context["writing"] = writing or _kept(user, conversation)
    if is_mine and writing is not None:
        context |= {
            "preview": preview(conversation, writing.text),
            "takes_photos": takes_photos(conversation),
            "photo_address": photo_address(user, conversation),
            "reply_templates": desk.templates_for(conversation),
        }
    return context


def preview(conversation: Conversation, text: str) -> dict[str, Any]:
    """How ``text`` reaches the person, before it does."""
    shown = plain(text) if conversation.channel == "sms" else text
    counted = segments(shown) if conversation.channel == "sms" else None
    return {
        "text": shown.strip(),
        "characters": len(shown),
        "segments": counted,
        "characters_max": CAPABILITIES[conversation.channel].characters_max
        if conversation.channel in CAPABILITIES
        else None,
    }


def takes_photos(conversation: Conversation) -> bool:
    """Whether a photo can be sent by the conversation's channel."""
    carried = CAPABILITIES.get(conversation.channel)
    return carried is not None and carried.media_out


def photo_address(user: User, conversation: Conversation) -> str:
    """Where the photo of what ``user`` is writing shows; empty without one."""
    draft = desk.draft_of(conversation=conversation, user=user)
    if draft is None or draft.photo_id is None:
        return ""
    return signed_address(photo_id=draft.photo_id, size=Size.THUMBNAIL)


def filled_template(user: User, conversation: Conversation, text: str) -> str:
    """A template's text for this conversation; what it lacks stays to be seen."""
    report = reports_of(conversation=conversation).first()
    values = {"conseiller": user.first_name, "telephone": FREE_NUMBER}
    if report is not None:
        values |= {
            "reference": report.reference_display,
            "lieu": report.place_label,
            "probleme": report.category.label_fr.lower(),
        }
    return fill(text, values)


def _kept(user: User, conversation: Conversation) -> Writing:
    draft = desk.draft_of(conversation=conversation, user=user)
    if draft is None:
        return Writing(text="", key=uuid.uuid4())
    return Writing(text=draft.text, key=draft.key)
