"""Reads that only these screens need."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import resident_current, residents_same
from agent_console.conversations.models import Conversation, Message, Notice, NoticeState
from agent_console.reports.models import Report, ReportReward, RewardState
from agent_console.reports.workflow import CONFIRMED


def conversation_find(*, conversation_id: UUID) -> Conversation | None:
    """A conversation that holds at least one message, with whom it is held."""
    return (
        Conversation.objects.filter(pk=conversation_id, last_seq__gt=0)
        .select_related("contact_point__resident", "holder", "team")
        .first()
    )


def newest_messages(*, conversation: Conversation, limit: int) -> list[Message]:
    """The last ``limit`` messages in reading order, with their delivery."""
    said = conversation.messages.select_related("delivery", "corrects", "agent")
    newest = said.prefetch_related("attachments").order_by("-seq")[:limit]
    return list(newest)[::-1]


def notices_kept(*, conversation: Conversation) -> QuerySet[Notice]:
    """What the person was not told: because it is night, or because they want no messages."""
    return conversation.notices.exclude(state=NoticeState.SENT).order_by("id")


def reports_of(*, conversation: Conversation) -> QuerySet[Report]:
    """The reports made in a conversation, newest first."""
    return (
        Report.objects.filter(conversation=conversation)
        .select_related("category", "commune")
        .order_by("-created_at")
    )


def resident_find(*, resident_id: UUID) -> Resident | None:
    """A resident by number: whom they were merged into, if they were."""
    try:
        return resident_current(resident_id=resident_id)
    except Resident.DoesNotExist:
        return None


def rewards_are_due(*, resident: Resident) -> bool:
    """True while the wallet has not heard of a report yet, or of its validation."""
    unheard = Q(state=RewardState.WAITING) | Q(
        state=RewardState.PENDING, report__state__in=CONFIRMED
    )
    same_person = residents_same(resident_id=resident.pk)
    return ReportReward.objects.filter(unheard, report__resident__in=same_person).exists()
