"""Telegram's own jobs: parse, call one function."""

from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from agent_console.conversations.errors import DeliveryFailed
from agent_console.jobs import Backoff, closing_connections

from .marking import choice_mark

_RETRY = Backoff(attempts=6, longest_s=30)  # an ornament: no harm when it is not done


@app.task(name="telegram.mark_choice", retry=_RETRY, pass_context=True)
@closing_connections
def mark_choice(context: JobContext, message_id: int, seq: int) -> None:
    try:
        choice_mark(message_id=message_id, seq=seq)
    except DeliveryFailed as failure:
        if not (failure.permanent or _RETRY.is_last(context.job)):
            raise
