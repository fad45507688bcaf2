"""Puts the hub's jobs into the queue, inside the caller's transaction.  Job arguments are ids.

Each cause has a job of its own, under its conversation's lock; the job that runs drains the whole
conversation, because a lock that is released wakes nobody until the next poll.  Those behind it
find nothing left to do.  (A queueing lock would save them, but a job that fails while a successor
is queued could then not be put back.)
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from procrastinate.contrib.django import app

_answers_itself: ContextVar[bool] = ContextVar("answers_itself", default=False)


@contextmanager
def answered_here() -> Iterator[None]:
    """For a job that answers what it takes in: as long as it is not done, it is run again."""
    token = _answers_itself.set(True)
    try:
        yield
    finally:
        _answers_itself.reset(token)


def enqueue_take(*, channel: str, sender: bytes) -> None:
    """Have what a sender sent taken in and answered."""
    app.configure_task("conversations.take", lock=f"take:{channel}:{sender.hex()}").defer(
        channel=channel, sender=sender.hex()
    )


def enqueue_turns(*, conversation_id: uuid.UUID) -> None:
    """Have the conversation's waiting turns answered, one after the other."""
    if not _answers_itself.get():
        _enqueue("conversations.answer", f"turns:{conversation_id}", conversation_id)


def enqueue_deliveries(*, conversation_id: uuid.UUID) -> None:
    """Have the conversation's queued messages sent, in order."""
    _enqueue("conversations.deliver", f"deliveries:{conversation_id}", conversation_id)


def enqueue_assign(*, at: datetime | None = None) -> None:
    """Have what waits offered to agents, at once or at ``at``.

    Without a lock: those that wait for their hour would hold up the others.
    """
    app.configure_task("conversations.assign", schedule_at=at).defer(timestamp=0)


def _enqueue(task: str, lock: str, conversation_id: uuid.UUID) -> None:
    app.configure_task(task, lock=lock).defer(conversation_id=str(conversation_id))
