"""Sessions of before an account's second factor changed: over at their next request.

A session remembers the epoch that it was opened in, and the account's own comes along with the
account (``backends``): nothing is searched, and no request asks the database once more.  A changed
password and a closed account end sessions by Django's own means.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.db.models import F

from .models import SessionEpoch

_EPOCH = "session_epoch"


def begin(*, user: User) -> None:
    """End every session of the account, in the caller's transaction."""
    SessionEpoch.objects.get_or_create(user=user)
    SessionEpoch.objects.filter(user=user).update(number=F("number") + 1)


def join(session: SessionBase, user: User) -> None:
    """The session is of now: it was just opened, or its owner is who made the change."""
    now = SessionEpoch.objects.filter(user=user).values_list("number", flat=True).first()
    session[_EPOCH] = now or 0


def is_past(session: SessionBase, user: User) -> bool:
    """True for a session of an earlier epoch."""
    try:
        now = user.session_epoch.number
    except SessionEpoch.DoesNotExist:
        now = 0
    return bool(session.get(_EPOCH, 0) < now)
