"""Reads of the call's pages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils import timezone

from agent_console.calls.talk_times import TalkTimes, talk_times

from .models import Call, Draft, DraftState
from .services import UNDO_FOR

SHOWN = 20


def drafts_open(*, agent: User) -> list[Draft]:
    """What a colleague began to write, the newest first; empty ones are nobody's work."""
    found = Draft.objects.filter(call__agent=agent, state=DraftState.OPEN, version__gt=0)
    return list(found.select_related("call").order_by("-saved_at")[:SHOWN])


def drafts_discarded(*, agent: User, now: datetime) -> list[Draft]:
    """What can still be taken back."""
    found = Draft.objects.filter(
        call__agent=agent, state=DraftState.DISCARDED, closed_at__gte=now - UNDO_FOR
    )
    return list(found.select_related("call").order_by("-closed_at")[:SHOWN])


def calls_of(*, digests: Iterable[bytes]) -> QuerySet[Call]:
    """Calls that came from these numbers (their keyed digests)."""
    return Call.objects.filter(number_digest__in=list(digests))


def draft_current(*, call: Call) -> Draft | None:
    """The request that is being written."""
    return call.drafts.filter(state=DraftState.OPEN).first()


def drafts_sent(*, call: Call) -> list[Draft]:
    """What came of the call so far, the newest first."""
    found = call.drafts.filter(state=DraftState.SENT).select_related(
        "report__category__service", "report__commune", "report__assigned_to", "report__body",
        "booking__slot", "booking__commune",
    )  # fmt: skip
    return list(found.order_by("-closed_at"))


def times_of(call: Call) -> TalkTimes | None:
    """How long the talk took so far, where the telephone wrote it down."""
    if call.line is None:
        return None
    return talk_times(call=call.line, agent=call.agent, now=timezone.now())
