"""Who answers: taking over, handing back, handing on.  Each public function is one transaction.

Every change of hands happens under the conversation's lock and makes its fence grow, so that of two
agents one is first, and what the assistant was thinking meanwhile is discarded (``turn_complete``).
"""

import uuid

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from ..errors import PermissionMissing
from ..models import Conversation, Handler
from ..routing.availability import availability_acts
from ..routing.offers import hands_changed
from .errors import ColleagueUnknown, HeldBy, NotHeld
from .models import EntryKind, Team, WaitingReason
from .presence import attendance_note
from .selectors import can_answer
from .waiting import announce_queue, entry_add
from .words import tell

ANSWER = "conversations.answer_conversation"
MANAGE = "conversations.manage_desk"


@transaction.atomic
def conversation_take(*, conversation_id: uuid.UUID, actor: User) -> Conversation:
    """``actor`` answers from now on; again is the same.

    ONE transaction, under the lock: the holder, the fence, the entry and the citizen's word, so
    after a crash nobody or ``actor`` has it.  Raises ``PermissionMissing``, ``HeldBy``.
    """
    _needs(actor)
    conversation = locked(conversation_id)
    attendance_note(user=actor)
    if conversation.holder_id == actor.pk:
        return conversation
    if conversation.holder is not None:
        raise HeldBy(conversation.holder)
    availability_acts(user=actor)
    _change_hands(conversation, handler=Handler.AGENT, holder=actor)
    entry_add(conversation, kind=EntryKind.TAKEN, author=actor)
    tell(conversation, "taken")
    return conversation


@transaction.atomic
def conversation_hand_back(
    *, conversation_id: uuid.UUID, actor: User, summary: str = ""
) -> Conversation:
    """The assistant answers again; the citizen is told, with ``summary`` where there is one.

    Again is the same.  Raises ``PermissionMissing``, ``HeldBy``.
    """
    _needs(actor)
    conversation = locked(conversation_id)
    _only_the_holder(conversation, actor)
    if conversation.handler == Handler.BOT:
        return conversation
    conversation.waiting_since, conversation.waiting_reason = None, ""
    _change_hands(conversation, handler=Handler.BOT, holder=None)
    summary = summary.strip()
    entry_add(conversation, kind=EntryKind.HANDED_BACK, author=actor, text=summary)
    tell(conversation, "handed_back", summary=summary)
    return conversation


@transaction.atomic
def conversation_transfer(
    *,
    conversation_id: uuid.UUID,
    actor: User,
    colleague: User | None = None,
    team: Team | None = None,
    text: str = "",
) -> Conversation:
    """A colleague answers from now on, or whoever of ``team`` takes it; ``text`` is for them.

    The person waits from now on for their word.  Whoever manages the desk may hand on what another
    one holds.  Raises ``PermissionMissing``, ``HeldBy``, ``NotHeld``, ``ColleagueUnknown``.
    """
    _needs(actor)
    conversation = locked(conversation_id)
    _only_the_holder(conversation, actor)
    if conversation.handler == Handler.BOT:
        raise NotHeld
    if (colleague is None) == (team is None) or not (colleague is None or can_answer(colleague)):
        raise ColleagueUnknown
    if colleague is not None and conversation.holder_id == colleague.pk:
        return conversation
    _waits_again(conversation, WaitingReason.TRANSFERRED)
    _change_hands(conversation, handler=Handler.AGENT, holder=colleague, team=team)
    entry_add(
        conversation,
        kind=EntryKind.TO_TEAM if team else EntryKind.TO_COLLEAGUE,
        author=actor,
        colleague=colleague,
        team=team,
        text=text.strip(),
    )
    tell(conversation, "transferred")
    return conversation


@transaction.atomic
def conversation_release(*, conversation_id: uuid.UUID, holder_id: int) -> bool:
    """Put back into the queue what ``holder_id`` holds; False when they hold it no more."""
    conversation = locked(conversation_id)
    if conversation.holder_id != holder_id:
        return False
    holder = conversation.holder
    _waits_again(conversation, WaitingReason.RETURNED)
    _change_hands(conversation, handler=Handler.AGENT, holder=None)
    entry_add(conversation, kind=EntryKind.RELEASED, author=holder)
    tell(conversation, "released")
    return True


def locked(conversation_id: uuid.UUID) -> Conversation:
    """The conversation, locked until the commit.

    Without a join: a query that waited for the lock would show the new row beside the holder of the
    old one (PostgreSQL looks again at the locked row only).
    """
    return Conversation.objects.select_for_update().get(pk=conversation_id)


def _needs(actor: User) -> None:
    if not actor.has_perm(ANSWER):
        raise PermissionMissing


def _only_the_holder(conversation: Conversation, actor: User) -> None:
    holder = conversation.holder
    if holder is not None and holder.pk != actor.pk and not actor.has_perm(MANAGE):
        raise HeldBy(holder)


def _waits_again(conversation: Conversation, reason: WaitingReason) -> None:
    conversation.waiting_since = conversation.waiting_since or timezone.now()
    conversation.waiting_reason = reason


def _change_hands(
    conversation: Conversation, *, handler: Handler, holder: User | None, team: Team | None = None
) -> None:
    conversation.handler, conversation.holder, conversation.team = handler, holder, team
    conversation.fence += 1
    conversation.save(
        update_fields=["handler", "holder", "team", "fence", "waiting_since", "waiting_reason"]
    )
    hands_changed(conversation, holder=holder)
    announce_queue(conversation)
