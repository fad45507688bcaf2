"""Puts this app's jobs into the queue, inside the caller's transaction; arguments are ids."""

from procrastinate.contrib.django import app


def enqueue_masking(*, message_id: int) -> None:
    """Have a marked sentence masked, so that it may be read apart from its conversation."""
    app.configure_task("training.mask", lock=f"sentence:{message_id}").defer(message_id=message_id)
