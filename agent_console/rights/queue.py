"""Puts this app's jobs into the queue, inside the caller's transaction; arguments are ids."""

import uuid
from datetime import timedelta

from procrastinate.contrib.django import app

# The last answer is said first; ``erasing.resident_erase_once_answered`` waits for it.
ERASED_AFTER = timedelta(seconds=5)


def enqueue_errand(*, errand_id: uuid.UUID) -> None:
    """Have what stands outside the database follow an erasure."""
    app.configure_task("rights.errand", lock=f"errand:{errand_id}").defer(errand_id=str(errand_id))


def enqueue_erasure(*, resident_id: uuid.UUID, channel: str) -> None:
    """Have somebody erased who asked in a chat, once they were answered there."""
    app.configure_task(
        "rights.erase",
        lock=f"erase:{resident_id}",
        schedule_in={"seconds": int(ERASED_AFTER.total_seconds())},
    ).defer(resident_id=str(resident_id), channel=channel)
