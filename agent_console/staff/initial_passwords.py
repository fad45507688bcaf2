"""Passwords that somebody else has seen: for one sign-in, in which the owner chooses another."""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, User
from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest

from .models import InitialPassword

MUST_CHOOSE = "must_choose_password"
# Read aloud and typed on a phone: no letter or digit that looks or sounds like another.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_CHARS = 4, 4  # 31^16 possibilities: 79 bits


def password_draw() -> str:
    """An initial password, like ``k7mp-x2ra-9fhd-w4tz``."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_CHARS)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def initial_password_note(*, user: User, by: User) -> None:
    """Its owner has to choose another; in the caller's transaction."""
    InitialPassword.objects.update_or_create(user=user, defaults={"issued_by": by})


@transaction.atomic
def own_password_set(*, user: User, password: str) -> None:
    """The owner has chosen a password that only they know."""
    user.set_password(password)
    user.save(update_fields=["password"])
    InitialPassword.objects.filter(user=user).delete()


def must_choose_password(user: User) -> bool:
    """The account still has a password that somebody else has seen."""
    return InitialPassword.objects.filter(user=user).exists()


@receiver(user_logged_in, dispatch_uid="staff.initial_password")
def mark_session(
    sender: object, request: HttpRequest, user: AbstractBaseUser, **kwargs: Any
) -> None:
    """One look-up per sign-in, none per request."""
    if InitialPassword.objects.filter(user_id=user.pk).exists():
        request.session[MUST_CHOOSE] = True
