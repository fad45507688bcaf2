"""Puts the hub's jobs into the queue, inside the caller's transaction.  Job arguments are ids.

Each cause has a job of its own, under its conversation's lock; the job that runs drains the whole
conversation, because a lock that is released wakes nobody until the next poll.  Those behind it
find nothing left to do.  (A queueing lock would save them, but a job that fails while a successor
is queued could then not be put back.)
"""

import uuid

from procrastinate.contrib.django import app


def enqueue_turns(*, conversation_id: uuid.UUID) -> None:
    """Have the conversation's waiting turns answered, one after the other."""
    _enqueue("conversations.answer", f"turns:{conversation_id}", conversation_id)


def enqueue_deliveries(*, conversation_id: uuid.UUID) -> None:
    """Have the conversation's queued messages sent, in order."""
    _enqueue("conversations.deliver", f"deliveries:{conversation_id}", conversation_id)


def _enqueue(task: str, lock: str, conversation_id: uuid.UUID) -> None:
    app.configure_task(task, lock=lock).defer(conversation_id=str(conversation_id))
