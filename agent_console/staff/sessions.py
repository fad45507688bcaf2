"""Sessions of staff: nothing is signed in between the password and the second factor."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import login
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from django_otp.models import Device

from . import epochs, second_factor

PENDING_S = 600  # to take the phone out, or to install an authenticator
_PENDING = "pending_sign_in"
_PASSWORD_ONLY = "opened_by_password_only"  # noqa: S105 - a session's key


def pending_open(request: HttpRequest, *, user: User, next_url: str) -> None:
    """The password was right: remember who waits for the second factor, and sign nobody in.

    Every check of ``user.is_authenticated`` (pages, sockets, photos, files) then says no by itself.
    """
    request.session.cycle_key()
    request.session[_PENDING] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "backend": getattr(user, "backend", ""),
        "next": next_url,
        "at": time.time(),
    }


def pending_user(request: HttpRequest) -> User | None:
    """Who waits for the second factor; nobody after ``PENDING_S`` or a changed password."""
    pending = request.session.get(_PENDING)
    if not pending or time.time() - pending["at"] > PENDING_S:
        return None
    user = User.objects.filter(pk=pending["user"], is_active=True).first()
    if user is None or not constant_time_compare(pending["hash"], user.get_session_auth_hash()):
        return None
    return user


def pending_finish(request: HttpRequest, *, user: User, device: Device) -> str:
    """Sign in who waited; returns where they were going.  The session's key changes."""
    pending: dict[str, Any] = request.session.pop(_PENDING)
    user.otp_device = device  # type: ignore[attr-defined]  # django-otp keeps it in the session
    login(request, user, backend=pending["backend"])
    return str(pending["next"])


def password_only(session: SessionBase) -> None:
    """Mark a session that no second factor opened."""
    session[_PASSWORD_ONLY] = True


def is_enough(session: SessionBase, user: User) -> bool:
    """False when the second factor changed since, or a password alone is no longer enough.

    A cashier who becomes an operator signs in again; so does everybody whose installation starts to
    require the second factor.
    """
    if epochs.is_past(session, user):
        return False
    return not session.get(_PASSWORD_ONLY) or not second_factor.is_required_of(user)
