"""The worker's jobs of the hub: parse, call one function."""

import uuid
from functools import cache

from django.conf import settings
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .engines.rasa import RasaEngine
from .notices import due_conversations, notices_release
from .turns import answer_waiting, deliver_queued

# 1, 2, 4, 8, then every 10 seconds: about four minutes of patience before the citizen is told.
_RETRY = Backoff(attempts=30, longest_s=10)
_SOON = Backoff(attempts=3, longest_s=10)  # the next run comes in a minute
_RELEASED_MAX = 500


@cache
def _engine() -> RasaEngine:
    return RasaEngine(base_url=settings.RASA_URL, token=settings.RASA_TOKEN)


@app.task(name="conversations.answer", retry=_RETRY, pass_context=True)
@closing_connections
def answer(context: JobContext, conversation_id: str) -> None:
    answer_waiting(
        conversation_id=uuid.UUID(conversation_id),
        engine=_engine(),
        last_try=_RETRY.is_last(context.job),
    )


@app.task(name="conversations.deliver", retry=_RETRY, pass_context=True)
@closing_connections
def deliver(context: JobContext, conversation_id: str) -> None:
    deliver_queued(conversation_id=uuid.UUID(conversation_id), last_try=_RETRY.is_last(context.job))


@app.periodic(cron="* * * * *")
@app.task(name="conversations.release_notices", lock="conversations.release_notices", retry=_SOON)
@closing_connections
def release_notices(timestamp: int) -> None:
    """Every minute: send what waited for the end of the quiet hours."""
    now = timezone.now()
    for conversation_id in due_conversations(now=now, limit=_RELEASED_MAX):
        notices_release(conversation_id=conversation_id, now=now)
