"""One way to give a password: locked accounts are refused before it is looked at."""

from __future__ import annotations

from typing import Any

from axes.backends import AxesStandaloneBackend
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.http import HttpRequest


class LockingBackend(AxesStandaloneBackend, ModelBackend):  # type: ignore[misc]  # untyped library
    """Django's accounts behind django-axes' locks; one backend: permissions have one source.

    Raises ``PermissionDenied``, which ends Django's search, for who is locked out.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        AxesStandaloneBackend.authenticate(self, request, username, password, **more)
        found = ModelBackend.authenticate(self, request, username, password, **more)
        return found if isinstance(found, User) else None

    def get_user(self, user_id: int) -> User | None:
        """The active account behind a session, with its epoch in the same query."""
        found = User.objects.select_related("session_epoch").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
