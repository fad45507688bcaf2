"""Reads about members of staff."""

import uuid
from collections.abc import Collection

from .models import StaffActor


def names_of(*, actor_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The names of accounts by their numbers; a number that is nobody's here is left out."""
    actors = StaffActor.objects.filter(actor_id__in=actor_ids).select_related("user")
    return {
        actor.actor_id: actor.user.get_full_name() or actor.user.get_username() for actor in actors
    }
