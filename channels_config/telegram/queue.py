"""Puts Telegram's own jobs into the queue, inside the caller's transaction."""

from __future__ import annotations

from procrastinate.contrib.django import app


def enqueue_mark_choice(*, message_id: int, seq: int) -> None:
    """Have the choice ``message_id`` shown below our question ``seq``."""
    app.configure_task("telegram.mark_choice").defer(message_id=message_id, seq=seq)
