"""Reads about calls."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from django.contrib.auth.models import User
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from agent_console.opening.selectors import desk_hours
from agent_console.places.models import Commune
from agent_console.places.selectors import streets_with_most_numbers
from agent_console.reports.models import Category
from agent_console.reports.selectors import streets_reported_most

from .limits import LONG_WAIT, PACE_OVER
from .models import Announcement, Call, CallBack, CallBackStep, DeskPhone, Interpreter, Leg
from .talk_workflow import LegState
from .workflow import LIVE, OPEN, CallState

# Read aloud before almost every place; the recogniser hears them better when it expects them.
_STREET_WORDS = (
    "rue", "avenue", "boulevard", "place", "chemin", "impasse", "traverse", "allée", "cours",
    "quai", "route", "montée", "square", "rond-point", "numéro", "devant le",
)  # fmt: skip
_BACKEND = "django.contrib.auth.backends.ModelBackend"
_PACE_OF = 20  # the latest calls
_HINTS_FOR = timedelta(minutes=10)
_STREETS_FOR = timedelta(days=1)
_STREETS_MAX = 350  # with what comes before them no more than a recogniser takes


@dataclass(frozen=True)
class Wait:
    """``position``: 1 is next.  ``expected`` is ``None`` while operators' pace is not known."""

    position: int
    expected: timedelta | None

    @property
    def is_long(self) -> bool:
        """Whether a call-back is the better offer."""
        return self.expected is not None and self.expected > LONG_WAIT


def desk_is_open() -> bool:
    """Whether operators answer now: it is their hour and no announcement says otherwise."""
    is_closed = Announcement.objects.filter(ended_at=None, closes_desk=True).exists()
    return not is_closed and desk_hours().is_open(timezone.now())


def call_at(*, provider_id: str) -> Call | None:
    """The call of this number at the provider."""
    return (
        Call.objects.filter(provider_id=provider_id)
        .select_related("conversation__contact_point", "taken_by")
        .first()
    )


def is_on_the_phone(*, conversation_id: uuid.UUID) -> bool:
    """Whether somebody who hears what we say is on the line in this conversation."""
    return Call.objects.filter(
        conversation_id=conversation_id, state__in=LIVE - {CallState.CONNECTED}
    ).exists()


def waits(*, call: Call | None = None) -> Wait:
    """The place of a waiting call, or that of whoever would join now."""
    ahead = calls_waiting()
    if call is not None:
        ahead = ahead.exclude(pk=call.pk)
        if call.queued_at is not None:
            ahead = ahead.filter(queued_at__lt=call.queued_at)
    position = ahead.count() + 1
    return Wait(position, _pace(position))


def _pace(position: int) -> timedelta | None:
    """What those taken lately waited for each place in the queue, times ``position``."""
    taken = Call.objects.filter(
        taken_at__gt=timezone.now() - PACE_OVER, queued_at__isnull=False, queue_place__gt=0
    )
    waited = [
        (row.taken_at - row.queued_at) / row.queue_place
        for row in taken.order_by("-taken_at")[:_PACE_OF]
        if row.taken_at is not None and row.queued_at is not None
    ]
    return sum(waited, timedelta()) / len(waited) * position if waited else None


def calls_waiting() -> QuerySet[Call]:
    """Who holds the line for an operator, the longest waiting first."""
    return (
        Call.objects.filter(state__in=(CallState.WAITING, CallState.RINGING))
        .select_related("conversation__contact_point", "taken_by")
        .order_by("queued_at")
    )


def calls_connected() -> QuerySet[Call]:
    """Who talks with an operator."""
    return Call.objects.filter(state=CallState.CONNECTED).select_related("conversation", "taken_by")


def is_talking(*, user: User) -> bool:
    """Whether a telephone of this operator's rings or is on a call."""
    return Leg.objects.filter(user=user, state__in=(LegState.RINGING, LegState.IN)).exists()


def legs_offered() -> QuerySet[Leg]:
    """Calls that a colleague wants to pass on to whoever is free, the longest offered first."""
    return (
        Leg.objects.filter(state=LegState.OFFERED)
        .select_related("call__conversation", "call__taken_by")
        .order_by("created_at")
    )


def colleagues(*, but: User) -> list[User]:
    """Who can be consulted: may take calls, has something that rings, is on no call."""
    busy = Leg.objects.filter(state__in=(LegState.RINGING, LegState.IN), user__isnull=False)
    return list(
        User.objects.with_perm("calls.take_calls", backend=_BACKEND)
        .filter(pk__in=DeskPhone.objects.values("user"))
        .exclude(pk__in=busy.values("user"))
        .exclude(pk=but.pk)
        .order_by("last_name", "username")
    )


def interpreters_active() -> QuerySet[Interpreter]:
    """Who can be called into a talk, by language."""
    return Interpreter.objects.filter(is_active=True)


def calls_half_made(*, since: timedelta, limit: int) -> QuerySet[Call]:
    """Calls that ended before what they began, the latest first."""
    return Call.objects.filter(
        is_half_made=True, ended_at__gt=timezone.now() - since
    ).select_related("conversation")[:limit]


def announcements_past(*, limit: int) -> QuerySet[Announcement]:
    """What was announced before, the latest first."""
    return Announcement.objects.filter(ended_at__isnull=False).select_related(
        "started_by", "ended_by"
    )[:limit]


def speech_hints() -> tuple[str, ...]:
    """Words that callers say: categories, communes, streets; read anew now and then.

    Streets are those reported most, then the longest ones of the loaded addresses: whoever takes
    a part takes the beginning.
    """
    now = timezone.now().timestamp()
    streets = _streets(int(now // _STREETS_FOR.total_seconds()))
    return (*_hints(int(now // _HINTS_FOR.total_seconds())), *streets)


@lru_cache(maxsize=1)
def _hints(window: int) -> tuple[str, ...]:
    categories = Category.objects.order_by("code").values_list("label_fr", flat=True)
    communes = Commune.objects.order_by("name").values_list("name", flat=True)
    return (*_STREET_WORDS, *(label.lower() for label in categories), *communes)


@lru_cache(maxsize=1)
def _streets(day: int) -> tuple[str, ...]:
    names = [
        *streets_reported_most(limit=_STREETS_MAX),
        *streets_with_most_numbers(limit=_STREETS_MAX),
    ]
    return tuple(dict.fromkeys(names))[:_STREETS_MAX]


def call_found(*, call_id: uuid.UUID) -> Call | None:
    """A call by our own number."""
    return (
        Call.objects.filter(pk=call_id)
        .select_related("conversation__contact_point", "taken_by")
        .first()
    )


def call_back_found(*, call_back_id: uuid.UUID) -> CallBack | None:
    """A call-back with its steps."""
    return _rows().filter(pk=call_back_id).first()


def announcements_now() -> QuerySet[Announcement]:
    """What every call begins with now, the first published first; read anew by each."""
    return Announcement.objects.filter(ended_at=None).select_related("started_by").order_by("id")


def call_backs_open() -> QuerySet[CallBack]:
    """Who is to be called, the longest waiting first."""
    return _rows().filter(state__in=OPEN)


def call_backs_ended(*, limit: int) -> QuerySet[CallBack]:
    """The latest that ended."""
    return _rows().exclude(state__in=OPEN).order_by("-ended_at")[:limit]


def _rows() -> QuerySet[CallBack]:
    steps = CallBackStep.objects.select_related("actor")
    return CallBack.objects.select_related(
        "contact_point", "conversation", "claimed_by"
    ).prefetch_related(Prefetch("steps", queryset=steps))
