"""Notices: what a citizen is told without having just asked.  Each function is one transaction."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from .announce import announce_console
from .models import Author, Conversation, Message, Notice, NoticeState
from .outgoing import append_outgoing
from .ports import Reply
from .quiet import quiet_hours, quiet_until


@transaction.atomic
def notice_send(
    *,
    conversation_id: uuid.UUID,
    cause: str,
    text: str,
    is_urgent: bool = False,
    buttons: Sequence[dict[str, str]] = (),
) -> None:
    """Tell a citizen something that they did not just ask for; once per ``cause``.

    ONE transaction, under the conversation's lock, writes the notice and either its message or
    the time it waits for: after a crash the cause is told again, and finds what was written.  In
    quiet hours it waits for their end, unless it ``is_urgent``; to somebody who wants no messages
    it is never sent, only kept for agents to see.
    """
    conversation = _locked(conversation_id)
    if _is_known(conversation, cause):
        return
    notice = Notice(
        conversation=conversation,
        cause=cause,
        text=text,
        buttons=list(buttons),
        is_urgent=is_urgent,
    )
    now = timezone.now()
    waits_until = None if is_urgent else _waits_until(conversation, now)
    if conversation.contact_point.opted_out_at is not None:
        notice.state = NoticeState.SUPPRESSED
    elif waits_until is not None:
        notice.state, notice.send_at = NoticeState.SCHEDULED, waits_until
    else:
        if not is_urgent:
            _release(conversation, now)  # what waited longer comes first
        _send(conversation, notice)
    notice.save()
    announce_console(topics=[f"conversation:{conversation.id}"])


@transaction.atomic
def notices_release(*, conversation_id: uuid.UUID, now: datetime) -> int:
    """Send what waits in a conversation and is due; how many notices moved on.

    Rules may have changed meanwhile: where it is still quiet they wait again, and what somebody
    no longer wants is suppressed.  Run again after a crash it finds what is left.
    """
    return _release(_locked(conversation_id), now)


def rings_at(message: Message, *, now: datetime) -> datetime | None:
    """When a message that is about to leave may ring; ``None``: now.

    A notice may have waited for its provider until the quiet hours; answers leave at any time.
    """
    waits_until = _waits_until(message.conversation, now)
    if waits_until is None or message.author != Author.SYSTEM:
        return None
    cause, _, _ = message.external_id.rpartition(":")
    is_held = message.conversation.notices.filter(cause=cause, is_urgent=False).exists()
    return waits_until if is_held else None


def due_conversations(*, now: datetime, limit: int) -> list[uuid.UUID]:
    """Conversations in which a notice is due, those that wait longest first."""
    due = (
        Notice.objects.filter(state=NoticeState.SCHEDULED, send_at__lte=now)
        .order_by("send_at", "id")
        .values_list("conversation_id", flat=True)
    )
    return list(dict.fromkeys(due[:limit]))


def _release(conversation: Conversation, now: datetime) -> int:
    waiting = conversation.notices.filter(state=NoticeState.SCHEDULED, send_at__lte=now)
    found = list(waiting.order_by("id"))
    for notice in found:
        waits_until = _waits_until(conversation, now)
        if conversation.contact_point.opted_out_at is not None:
            notice.state, notice.send_at = NoticeState.SUPPRESSED, None
        elif waits_until is not None:
            notice.send_at = waits_until
        else:
            _send(conversation, notice)
        notice.save(update_fields=["state", "send_at"])
    return len(found)


def _send(conversation: Conversation, notice: Notice) -> None:
    notice.state, notice.send_at = NoticeState.SENT, None
    append_outgoing(
        conversation,
        author=Author.SYSTEM,
        replies=[Reply(text=notice.text, buttons=notice.buttons)],
        cause=notice.cause,
    )


def _waits_until(conversation: Conversation, now: datetime) -> datetime | None:
    rules = quiet_hours()
    if conversation.channel in rules.silent_channels:
        return None
    return quiet_until(now, rules)


def _is_known(conversation: Conversation, cause: str) -> bool:
    """Notices from before they were kept apart are known by their message."""
    return (
        conversation.notices.filter(cause=cause).exists()
        or Message.objects.filter(channel=conversation.channel, external_id=f"{cause}:0").exists()
    )


def _locked(conversation_id: uuid.UUID) -> Conversation:
    return (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("contact_point")
        .get(pk=conversation_id)
    )
