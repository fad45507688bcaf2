"""The people behind simulated steps: accounts that nobody can sign in to."""

from __future__ import annotations

from django.contrib.auth.models import User

from .marks import STAFF_PREFIX

_FIRST_NAMES = (
    "Alex", "Camille", "Charlie", "Claude", "Dominique", "Eden", "Lou", "Maxime", "Morgan",
    "Noa", "Sacha", "Sam", "Stéphane", "Yaël",
)  # fmt: skip


def colleagues_make(count: int) -> list[int]:
    """Their ids, inside the caller's transaction; they are inactive and have no password."""
    made = []
    for number in range(count):
        user = User(
            username=f"{STAFF_PREFIX}{number + 1:02}",
            first_name=_FIRST_NAMES[number % len(_FIRST_NAMES)],
            last_name="(simulation)",
            is_active=False,
        )
        user.set_unusable_password()
        user.save()
        made.append(user.pk)
    return made
