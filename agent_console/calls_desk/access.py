"""Who may do what here: permissions, never group names; a call belongs to who answers it."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest

from agent_console.intake.access import ADD_REPORTS, needs
from agent_console.pickup_desk.access import CHANGE as BOOK_PICKUPS

from .models import Call, Draft

ANSWER_CALLS = ADD_REPORTS
RECORD_CONSENT = "citizens.record_consent"

__all__ = [
    "ANSWER_CALLS",
    "BOOK_PICKUPS",
    "RECORD_CONSENT",
    "agent",
    "call_or_404",
    "draft_or_404",
    "needs",
]


def agent(request: HttpRequest) -> User:
    """The colleague; ``needs`` lets nobody else through."""
    return cast(User, request.user)


def call_or_404(request: HttpRequest, call_id: uuid.UUID) -> Call:
    """One's own call."""
    found = Call.objects.filter(pk=call_id, agent=agent(request))
    call = found.select_related("line", "agent").first()
    if call is None:
        raise Http404
    return call


def draft_or_404(request: HttpRequest, draft_id: uuid.UUID) -> Draft:
    """A draft of one's own calls."""
    draft = (
        Draft.objects.filter(pk=draft_id, call__agent=agent(request)).select_related("call").first()
    )
    if draft is None:
        raise Http404
    return draft
