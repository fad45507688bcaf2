"""Writes about members of staff."""

import uuid

from django.contrib.auth.models import User

from .models import StaffActor


def actor_of(*, user: User) -> uuid.UUID:
    """The account's number in the wallet's books, drawn at random on first need.

    It is committed before the wallet hears of it (``get_or_create`` is a transaction of its own
    unless the caller holds one), and two requests at once get the same number.
    """
    actor, _ = StaffActor.objects.get_or_create(user=user)
    return actor.actor_id
