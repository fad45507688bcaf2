"""When people answer, for the assistant: the same hours as callers and public pages are told."""

from datetime import datetime
from typing import Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from agent_console.opening.selectors import desk_hours
from agent_console.opening.words import moment_words, week_words
from service_kit.openapi import problems
from service_kit.tokens import require_scope

from .selectors import desk_is_open

router = Router(tags=["opening"])
SCOPE = "opening:read"


class OpeningOut(Schema):
    """``hours``: the week in words, empty when there are none; ``opens_at``: when it opens again,
    null while it is open, when nobody knows, and when an announcement closes it within its hours;
    ``opens``: the same in words, else empty."""

    is_open: bool
    hours: str
    opens_at: datetime | None
    opens: str


@router.get("", response={200: OpeningOut, **problems(401, 403, 422)}, operation_id="opening")
def opening(request: HttpRequest, locale: Literal["fr", "en"] = "fr") -> OpeningOut:
    """Whether somebody answers right now, and when; holidays and exceptional days included."""
    require_scope(request, SCOPE)
    now, hours = timezone.now(), desk_hours()
    opens_at = None if hours.is_open(now) else hours.next_opening(now)
    return OpeningOut(
        is_open=desk_is_open(),
        hours=week_words(hours, locale),
        opens_at=opens_at,
        opens=moment_words(opens_at, locale) if opens_at else "",
    )
