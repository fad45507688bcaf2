"""Who is at the desk, who looks at a conversation and who writes in it.

Only what is shown and who counts as away depend on it; old rows mean nothing.
"""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ..announce import announce_console, announce_typing
from ..models import Conversation
from ..routing.availability import availability_seen
from .models import Attendance, Viewer

LOOKS_FOR = timedelta(seconds=45)  # a page says every 15 s that it is open
TYPES_FOR = timedelta(seconds=20)
AWAY_AFTER = timedelta(minutes=10)


def attendance_note(*, user: User, at: datetime | None = None) -> None:
    """``user`` did something at the desk."""
    Attendance.objects.update_or_create(user=user, defaults={"active_at": at or timezone.now()})
    availability_seen(user=user)


@transaction.atomic
def viewer_note(
    *, conversation_id: uuid.UUID, user: User, is_typing: bool, is_active: bool
) -> None:
    """``user`` has the conversation before them; colleagues hear of what that changes.

    ``is_active``: they touched the page lately.  The holder's typing shows to the citizen as well.
    """
    now = timezone.now()
    before = Viewer.objects.filter(conversation_id=conversation_id, user=user).first()
    was_here = before is not None and before.seen_at > now - LOOKS_FOR
    typed = before is not None and before.typing_at is not None
    Viewer.objects.update_or_create(
        conversation_id=conversation_id,
        user=user,
        defaults={"seen_at": now, "typing_at": now if is_typing else None},
    )
    if is_active:
        attendance_note(user=user, at=now)
    if was_here and typed == is_typing:
        return
    announce_console(topics=[f"presence:{conversation_id}"])
    if typed != is_typing and Conversation.objects.filter(pk=conversation_id, holder=user).exists():
        announce_typing(conversation_id=conversation_id, on=is_typing)


def viewers_of(*, conversation_id: uuid.UUID, beside: User) -> list[tuple[User, bool]]:
    """Colleagues who look at the conversation now, and whether each writes."""
    now = timezone.now()
    shown = (
        Viewer.objects.filter(conversation_id=conversation_id, seen_at__gt=now - LOOKS_FOR)
        .exclude(user=beside)
        .select_related("user")
        .order_by("user__first_name", "user__username")
    )
    return [
        (one.user, one.typing_at is not None and one.typing_at > now - TYPES_FOR) for one in shown
    ]


def held_by_the_absent(*, now: datetime) -> QuerySet[Conversation]:
    """Conversations whose holder did nothing for ``AWAY_AFTER``, or may not sign in any more."""
    there = Attendance.objects.filter(active_at__gt=now - AWAY_AFTER).values("user")
    return Conversation.objects.filter(
        ~Q(holder__in=there) | Q(holder__is_active=False), holder__isnull=False
    ).order_by("waiting_since", "pk")
