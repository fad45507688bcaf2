"""When a session of staff ends: after a while without anybody, and after a working day."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.dispatch import receiver
from django.http import HttpRequest

from . import confirming, epochs

_OPENED, _SEEN = "signed_in_at", "seen_at"
_SEEN_EVERY_S = 60  # a session is written once a minute at most, not at every request
_PRESENCE = "/presence/"


@receiver(user_logged_in, dispatch_uid="staff.session_opened")
def session_opened(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Signing in starts both clocks, and is a confirmation of who is there."""
    epochs.join(request.session, user)
    request.session[_OPENED] = request.session[_SEEN] = time.time()
    confirming.mark(request.session)


def is_over(session: SessionBase) -> bool:
    """True after ``STAFF_SESSION_S``, or ``STAFF_SESSION_IDLE_S`` without a sign of somebody."""
    now = time.time()
    lasted, alone = now - session.get(_OPENED, 0), now - session.get(_SEEN, 0)
    return bool(lasted > settings.STAFF_SESSION_S or alone > settings.STAFF_SESSION_IDLE_S)


def somebody_is_there(request: HttpRequest) -> None:
    """Push the idle clock, unless the page asked by itself: nobody is in front of a live list."""
    by_itself = (request.method == "GET" and "HX-Request" in request.headers) or (
        request.path.endswith(_PRESENCE)
    )
    if not by_itself and time.time() - request.session.get(_SEEN, 0) > _SEEN_EVERY_S:
        request.session[_SEEN] = time.time()
