"""Reads about photos."""

import uuid
from collections.abc import Sequence

from .models import Photo, PhotoState


def photos_free(*, photo_ids: Sequence[uuid.UUID]) -> list[Photo]:
    """Those that are stored and that no case has claimed, in the order they are named."""
    wanted = list(dict.fromkeys(photo_ids))
    found = Photo.objects.filter(state=PhotoState.STORED, claimed_by__isnull=True).in_bulk(wanted)
    return [found[pk] for pk in wanted if pk in found]
