"""Whether an agent is there: said by themselves, and undone when their pages are gone."""

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from ..announce import announce_console
from ..errors import PermissionMissing
from .models import Availability, AvailabilityState
from .rules import assign_soon

ANSWER = "conversations.answer_conversation"
# A page says every 45 s that it is open; a browser may hold that back to once a minute.
GONE_AFTER = timedelta(minutes=3)


@transaction.atomic
def availability_set(*, user: User, state: AvailabilityState) -> Availability:
    """What an agent says of themselves; saying it again is the same.

    Whoever becomes available stands at the end of the line.  What an absent agent holds is not
    touched here (locks are taken conversation first): the caller goes on with
    ``releasing.away_release``, and the job every minute does what a crash left over.
    Raises ``PermissionMissing``.
    """
    if not user.has_perm(ANSWER):
        raise PermissionMissing
    now = timezone.now()
    row, is_new = Availability.objects.select_for_update().get_or_create(
        user=user,
        defaults={"state": state, "since": now, "waits_since": now, "seen_at": now},
    )
    row.seen_at = now
    if row.state != state:
        row.state, row.since, row.waits_since = state, now, now
        is_new = True
    row.save()
    if is_new:
        _announce(user.pk)
        assign_soon()
    return row


def availability_seen(*, user: User) -> None:
    """A page of theirs is open.  Who is away stays so: only they say that they are back."""
    Availability.objects.filter(user=user).exclude(state=AvailabilityState.AWAY).update(
        seen_at=timezone.now()
    )


def availability_acts(*, user: User) -> None:
    """Somebody absent who takes a conversation is there again, but asks for no other."""
    now = timezone.now()
    back = Availability.objects.filter(user=user, state=AvailabilityState.AWAY).update(
        state=AvailabilityState.BUSY, since=now, waits_since=now, seen_at=now
    )
    if back:
        _announce(user.pk)
    else:
        availability_seen(user=user)


@transaction.atomic
def availability_leave(*, user_id: int, unseen_before: datetime | None = None) -> bool:
    """Note that somebody left, who signed out or whose pages are gone since ``unseen_before``.

    False for who never said whether they are there, or was seen since.
    """
    row = Availability.objects.select_for_update().filter(user_id=user_id).first()
    if row is None or row.state == AvailabilityState.AWAY:
        return False
    if unseen_before is not None and row.seen_at > unseen_before:
        return False
    row.state, row.since = AvailabilityState.AWAY, timezone.now()
    row.save(update_fields=["state", "since"])
    _announce(user_id)
    return True


def is_there(row: Availability, *, now: datetime) -> bool:
    """Whether a conversation may be offered to them."""
    return row.state == AvailabilityState.AVAILABLE and row.seen_at > now - GONE_AFTER


def there(*, now: datetime) -> QuerySet[Availability]:
    """Everybody who may be offered a conversation, whoever waits longest first."""
    return Availability.objects.filter(
        state=AvailabilityState.AVAILABLE,
        seen_at__gt=now - GONE_AFTER,
        user__in=User.objects.with_perm(ANSWER),
    ).order_by("waits_since", "pk")


def gone(*, now: datetime) -> QuerySet[Availability]:
    """Who said that they are there and has no page open any more."""
    return Availability.objects.filter(
        ~Q(state=AvailabilityState.AWAY), seen_at__lte=now - GONE_AFTER
    ).order_by("pk")


def _announce(user_id: int) -> None:
    announce_console(topics=["availability", f"availability:{user_id}"])
