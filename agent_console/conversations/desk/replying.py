"""What agents write: replies, drafts of them, notes.  Each public function is one transaction."""

import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from ..announce import announce_console
from ..errors import InvalidText, MediaRefused, PermissionMissing
from ..models import Attachment, AttachmentState, Author, Conversation, Message
from ..outgoing import append_outgoing
from ..ports import Reply, photo_store
from ..routing.offers import offer_answered
from ..selectors import message_known
from .errors import CannotWrite, HeldBy, NotHeld, PhotoGone, SomethingNew, VariableLeft
from .mentions import mentions_add
from .models import DeskEntry, Draft, EntryKind
from .presence import attendance_note
from .taking import ANSWER, locked
from .templating import variable_left
from .waiting import announce_queue
from .words import can_write


@transaction.atomic
def agent_reply(
    *, conversation_id: uuid.UUID, actor: User, key: uuid.UUID, seen_seq: int, text: str
) -> Message:
    """Send an agent's words by the conversation's channel, once per ``key``.

    ONE transaction, under the lock: the check that nothing was said after ``seen_seq``, message,
    delivery, job, the draft's photo and the end of the draft.  After a crash all of it is there or
    the agent, who got no answer, sends it again.

    Raises ``PermissionMissing``, ``InvalidText``, ``VariableLeft``,
    ``HeldBy``, ``NotHeld``, ``CannotWrite``, ``SomethingNew``, ``PhotoGone``.
    """
    if not actor.has_perm(ANSWER):
        raise PermissionMissing
    conversation = locked(conversation_id)
    known = _sent_as(conversation, key)
    if known is not None:
        return known
    cleaned = _clean(text)
    if (name := variable_left(cleaned)) is not None:
        raise VariableLeft(name)
    if conversation.holder is None:
        raise NotHeld
    if conversation.holder.pk != actor.pk:
        raise HeldBy(conversation.holder)
    if not can_write(conversation):
        raise CannotWrite
    if conversation.last_seq > seen_seq:
        raise SomethingNew(seen_seq)
    append_outgoing(
        conversation,
        author=Author.AGENT,
        replies=[Reply(text=cleaned, buttons=[])],
        cause=_cause(conversation, key),
        agent=actor,
    )
    sent = conversation.messages.get(seq=conversation.last_seq)
    _photo_join(sent, actor)
    conversation.waiting_since, conversation.waiting_reason = None, ""
    conversation.save(update_fields=["waiting_since", "waiting_reason"])
    conversation.drafts.filter(author=actor).delete()
    offer_answered(conversation)
    attendance_note(user=actor)
    announce_queue(conversation)
    return sent


@transaction.atomic
def draft_save(
    *, conversation_id: uuid.UUID, actor: User, key: uuid.UUID, text: str
) -> Draft | None:
    """Keep what is being written; an empty text keeps nothing but a photo.

    Under the conversation's lock: what arrives after its reply was sent (the page saved while it
    sent) is no draft any more.  Raises ``PermissionMissing``, ``InvalidText``.
    """
    if not actor.has_perm(ANSWER):
        raise PermissionMissing
    conversation = locked(conversation_id)
    attendance_note(user=actor)
    if _sent_as(conversation, key) is not None:
        return None
    if not text.strip():
        kept = conversation.drafts.filter(author=actor)
        kept.filter(photo_id=None).delete()
        kept.update(key=key, text="")
        return kept.first()
    _check_length(text)
    draft, _ = Draft.objects.update_or_create(
        conversation=conversation, author=actor, defaults={"key": key, "text": text}
    )
    return draft


@transaction.atomic
def draft_photo_set(
    *, conversation_id: uuid.UUID, actor: User, key: uuid.UUID, photo_id: uuid.UUID | None
) -> None:
    """Have a stored photo go with the reply that is being written; ``None``: none.

    Nothing for a reply that was sent meanwhile.  Raises ``PermissionMissing``.
    """
    if not actor.has_perm(ANSWER):
        raise PermissionMissing
    conversation = locked(conversation_id)
    if _sent_as(conversation, key) is not None:
        return
    Draft.objects.update_or_create(
        conversation=conversation,
        author=actor,
        defaults={"key": key, "photo_id": photo_id},
        create_defaults={"key": key, "photo_id": photo_id, "text": ""},
    )
    conversation.drafts.filter(author=actor, photo_id=None, text="").delete()


@transaction.atomic
def note_add(*, conversation_id: uuid.UUID, actor: User, key: uuid.UUID, text: str) -> DeskEntry:
    """Write a note for colleagues, once per ``key``; whom it names is told in the same transaction.

    Raises ``PermissionMissing``, ``InvalidText``.
    """
    if not actor.has_perm(ANSWER):
        raise PermissionMissing
    conversation = locked(conversation_id)
    note, is_new = DeskEntry.objects.get_or_create(
        key=key,
        defaults={
            "conversation": conversation,
            "kind": EntryKind.NOTE,
            "after_seq": conversation.last_seq,
            "author": actor,
            "text": _clean(text),
        },
    )
    attendance_note(user=actor)
    if is_new:
        mentions_add(note, author=actor)
        announce_console(topics=[f"conversation:{conversation.pk}"])
    return note


def _photo_join(message: Message, actor: User) -> None:
    """The photo that the draft showed, whichever window it was joined in."""
    draft = message.conversation.drafts.filter(author=actor).first()
    if draft is None or draft.photo_id is None:
        return
    try:
        photo_store().keep(draft.photo_id, owner=message.conversation_id)
    except MediaRefused as refusal:
        raise PhotoGone from refusal
    Attachment.objects.create(
        message=message, position=0, state=AttachmentState.STORED, photo_id=draft.photo_id
    )


def _cause(conversation: Conversation, key: uuid.UUID) -> str:
    return f"reply:{conversation.pk}:{key}"


def _sent_as(conversation: Conversation, key: uuid.UUID) -> Message | None:
    return message_known(channel=conversation.channel, external_id=f"{_cause(conversation, key)}:0")


def _clean(text: str) -> str:
    cleaned = text.replace("\r\n", "\n").strip()
    if not cleaned:
        raise InvalidText("text_empty")
    _check_length(cleaned)
    return cleaned


def _check_length(text: str) -> None:
    if len(text) > settings.CHAT_TEXT_CHARS_MAX:
        raise InvalidText("text_too_long")
    if "\x00" in text:  # PostgreSQL can't store it
        raise InvalidText("text_invalid")
