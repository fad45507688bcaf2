"""Taking in what citizens send.  Each public function is one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.db import transaction

from agent_console.citizens.models import ContactPoint
from agent_console.opt_outs.models import OptOutSource
from agent_console.opt_outs.services import news_set

from . import queue
from .desk.waiting import waits_for_agent
from .errors import InvalidText
from .models import Attachment, AttachmentState, Author, Conversation, Handler, Message, Turn
from .outgoing import append_message, append_outgoing, conversation_locked
from .ports import Location, Reply
from .satisfaction import score_meant, score_take
from .selectors import is_blocked, message_known

ATTACHMENTS_MAX = 10


@dataclass(frozen=True)
class Incoming:
    """What a citizen sent, as their channel understood it.

    ``external_id`` makes it unique on its channel.  ``choice`` is the payload of a button that we
    offered and ``text`` what chose it.  ``attachments`` are what the channel fetches pictures by,
    ``photos`` pictures that are stored already.
    ``corrects`` is the ``external_id`` of a message that this one replaces.
    """

    external_id: str
    text: str = field(default="", repr=False)
    choice: str = field(default="", repr=False)
    attachments: Sequence[str] = field(default=(), repr=False)
    photos: Sequence[uuid.UUID] = ()
    location: Location | None = field(default=None, repr=False)
    corrects: str = ""


def receive_message(*, contact_point: ContactPoint, external_id: str, text: str) -> Message:
    """``receive`` for what is nothing but a text."""
    message = receive(
        contact_point=contact_point, incoming=Incoming(external_id=external_id, text=text)
    )
    assert message is not None  # nobody blocks a browser session
    return message


@transaction.atomic
def receive(*, contact_point: ContactPoint, incoming: Incoming) -> Message | None:
    """Store what a citizen sent, once, with the job that answers it; ``None`` when blocked.

    ONE transaction holds the duplicate check on (channel, external id), the next gapless number,
    the row, its attachments, its turn and the job: after a crash either all of it is there or the
    sender, who got no acknowledgement, sends it again.  The same ``external_id`` returns the first
    message.  Nothing of a blocked sender is kept.

    An answer to the question about satisfaction is noted and is no turn.

    Raises ``InvalidText`` (``text_empty``, ``text_too_long``, ``text_invalid``).
    """
    may_be_empty = bool(incoming.attachments or incoming.photos or incoming.location)
    cleaned = _clean(incoming.text, may_be_empty=may_be_empty)
    conversation = conversation_locked(contact_point)
    known = message_known(channel=conversation.channel, external_id=incoming.external_id)
    if known is not None:
        return known
    if is_blocked(conversation):
        return None
    choice = ("" if may_be_empty else score_meant(conversation, cleaned)) or incoming.choice
    message = append_message(
        conversation,
        author=Author.CITIZEN,
        text=cleaned,
        external_id=incoming.external_id,
        buttons=[],
        choice=choice,
        location=incoming.location,
        corrects=_corrected(conversation, incoming.corrects),
    )
    _attach(message, incoming)
    if score_take(conversation, choice):
        return message
    if conversation.handler == Handler.BOT:
        Turn.objects.create(message=message, conversation=conversation, fence=conversation.fence)
    else:
        waits_for_agent(conversation)
    if conversation.handler == Handler.BOT or incoming.attachments:
        queue.enqueue_turns(conversation_id=conversation.id)
    return message


@transaction.atomic
def receive_opt_out(
    *, contact_point: ContactPoint, external_id: str, text: str, reply: str
) -> None:
    """Somebody wants no more messages: noted, and confirmed once.

    ONE transaction holds their word, the note and the confirmation, so a redelivery finds all
    three.  Also heard from a blocked sender, who is not answered.
    """
    if _receive_command(contact_point, external_id, text, reply):
        news_set(contact_point_id=contact_point.pk, wants_news=False, source=OptOutSource.PERSON)


@transaction.atomic
def receive_opt_in(*, contact_point: ContactPoint, external_id: str, text: str, reply: str) -> None:
    """Somebody wants messages again; like ``receive_opt_out``."""
    if _receive_command(contact_point, external_id, text, reply):
        news_set(contact_point_id=contact_point.pk, wants_news=True, source=OptOutSource.PERSON)


@transaction.atomic
def receive_answered(
    *, contact_point: ContactPoint, external_id: str, text: str, reply: str
) -> None:
    """Store what a citizen sent together with the answer that its channel knows by itself."""
    _receive_command(contact_point, external_id, text, reply)


@transaction.atomic
def conversation_say(*, contact_point: ContactPoint, cause: str, text: str) -> None:
    """Tell somebody something about what they just did, once per ``cause``; a blocked one not."""
    conversation = conversation_locked(contact_point)
    known = message_known(channel=conversation.channel, external_id=f"{cause}:0")
    if known is None and not is_blocked(conversation):
        _say(conversation, text, cause)


def _receive_command(contact_point: ContactPoint, external_id: str, text: str, reply: str) -> bool:
    """False when it was received before."""
    conversation = conversation_locked(contact_point)
    if message_known(channel=conversation.channel, external_id=external_id) is not None:
        return False
    append_message(
        conversation,
        author=Author.CITIZEN,
        text=_clean(text),
        external_id=external_id,
        buttons=[],
    )
    if not is_blocked(conversation):
        _say(conversation, reply, f"answer:{uuid.uuid4()}")
    return True


def _say(conversation: Conversation, text: str, cause: str) -> None:
    append_outgoing(
        conversation, author=Author.SYSTEM, replies=[Reply(text=text, buttons=[])], cause=cause
    )


def _attach(message: Message, incoming: Incoming) -> None:
    pictures = [Attachment(message=message, source=source) for source in incoming.attachments]
    pictures += [
        Attachment(message=message, state=AttachmentState.STORED, photo_id=photo_id)
        for photo_id in incoming.photos
    ]
    del pictures[ATTACHMENTS_MAX:]
    for position, picture in enumerate(pictures):
        picture.position = position
    if pictures:
        Attachment.objects.bulk_create(pictures)


def _corrected(conversation: Conversation, external_id: str) -> Message | None:
    if not external_id:
        return None
    return conversation.messages.filter(external_id=external_id, author=Author.CITIZEN).first()


def _clean(text: str, *, may_be_empty: bool = False) -> str:
    cleaned = text.strip()
    if not cleaned and not may_be_empty:
        raise InvalidText("text_empty")
    if len(cleaned) > settings.CHAT_TEXT_CHARS_MAX:
        raise InvalidText("text_too_long")
    if "\x00" in cleaned:  # PostgreSQL can't store it
        raise InvalidText("text_invalid")
    return cleaned
