"""Nobody came: whoever waits is told so, once, and how else to reach a person.

Once for each time of waiting: ``told_waiting_at`` stands on the conversation, beside
``waiting_since``.  It is the answer to what they asked, not news: who wants no news gets it too.
"""

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from agent_console.opening.hours import DeskHours
from agent_console.opening.selectors import desk_hours
from agent_console.opening.words import Locale, week_words

from ..desk.models import WaitingReason
from ..desk.taking import locked
from ..desk.words import WRITTEN, can_write, tell
from ..models import Conversation, Handler
from ..quiet import quiet_hours, quiet_until
from .rules import rules

_AT_ONCE_MAX = 500
# Whoever asked outside the hours was told that it would be in the next ones.
_PROMISED = frozenset({WaitingReason.ASKED.value, WaitingReason.NOT_UNDERSTOOD.value})
_NOT_TOLD = Q(told_waiting_at=None) | Q(told_waiting_at__lt=F("waiting_since"))


def unanswered_tell(*, now: datetime) -> int:
    """Tell everybody whom nobody answered in time; how many, ONE transaction each.

    Run again after a crash it finds who is left.
    """
    after = timedelta(minutes=rules().told_after_min)
    waiting = Conversation.objects.filter(
        _NOT_TOLD,
        holder=None,
        blocked_at=None,
        channel__in=WRITTEN,
        waiting_since__lte=now - after,
    ).order_by("waiting_since", "pk")
    hours = desk_hours()
    due = [one.pk for one in waiting[:_AT_ONCE_MAX] if _is_due(one, hours, now=now, after=after)]
    return sum(_tell(conversation_id=pk, now=now) for pk in due)


@transaction.atomic
def _tell(*, conversation_id: uuid.UUID, now: datetime) -> bool:
    """False when somebody took it since it was found, or it was told meanwhile."""
    conversation = locked(conversation_id)
    since, told = conversation.waiting_since, conversation.told_waiting_at
    if conversation.holder_id is not None or since is None or not can_write(conversation):
        return False
    if told is not None and told >= since:
        return False
    conversation.told_waiting_at = now
    conversation.save(update_fields=["told_waiting_at"])
    locale: Locale = "en" if conversation.locale == "en" else "fr"
    tell(
        conversation,
        "unanswered",
        hours=week_words(desk_hours(), locale),
        calls_back=conversation.handler == Handler.BOT,  # the assistant takes the wish
        channel=conversation.channel,
    )
    return True


def _is_due(
    conversation: Conversation, hours: DeskHours, *, now: datetime, after: timedelta
) -> bool:
    """Whether they waited long enough for somebody who could have come, and may be rung."""
    since = conversation.waiting_since
    assert since is not None
    if conversation.waiting_reason in _PROMISED:
        since = hours.next_opening(since) or since
    if since + after > now:
        return False
    rings = quiet_hours()
    return conversation.channel in rings.silent_channels or quiet_until(now, rings) is None
