"""Signing in with an initial password marks the session: see ``middleware``."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from .models import InitialPassword

MUST_CHOOSE = "must_choose_password"


@receiver(user_logged_in, dispatch_uid="partner_admin.initial_password")
def mark_session(
    sender: object, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
) -> None:
    """One look-up per sign-in, none per request."""
    if InitialPassword.objects.filter(user_id=user.pk).exists():
        request.session[MUST_CHOOSE] = True
