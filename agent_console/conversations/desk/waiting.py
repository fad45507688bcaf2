"""The queue: since when and why somebody waits for a person.  Called under the hub's locks."""

from django.contrib.auth.models import User
from django.utils import timezone

from ..announce import announce_console
from ..models import Conversation
from ..routing.rules import assign_soon
from .models import DeskEntry, EntryKind, Team, WaitingReason

TOPIC = "queue"


def person_asked(conversation: Conversation, *, reason: WaitingReason) -> None:
    """Put a conversation into the queue; one that waits already keeps its place.

    Inside the transaction of the reply that promises a person, under the conversation's lock: the
    promise and the place in the queue outlive any crash together.  The assistant goes on answering.
    """
    if conversation.waiting_since is not None:
        return
    entry_add(conversation, kind=EntryKind.ASKED, text=reason.label)
    _wait(conversation, reason)
    assign_soon()


def waits_for_agent(conversation: Conversation) -> None:
    """Somebody spoke while an agent answers: they wait from their first word on."""
    if conversation.waiting_since is None:
        _wait(conversation, None)
        if conversation.holder_id is None:
            assign_soon()


def entry_add(
    conversation: Conversation,
    *,
    kind: EntryKind,
    author: User | None = None,
    colleague: User | None = None,
    team: Team | None = None,
    text: str = "",
) -> None:
    """Write in the conversation's margin, after what was said last."""
    DeskEntry.objects.create(
        conversation=conversation,
        kind=kind,
        after_seq=conversation.last_seq,
        author=author,
        colleague=colleague,
        team=team,
        text=text,
    )


def announce_queue(conversation: Conversation) -> None:
    """Tell screens that this conversation and the queue look different."""
    announce_console(topics=[TOPIC, "conversations", f"conversation:{conversation.pk}"])


def _wait(conversation: Conversation, reason: WaitingReason | None) -> None:
    conversation.waiting_since = timezone.now()
    conversation.waiting_reason = reason or ""
    conversation.save(update_fields=["waiting_since", "waiting_reason"])
    announce_queue(conversation)
