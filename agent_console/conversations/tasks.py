"""The worker's jobs of the hub: parse, call one function."""

import uuid
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .deliveries import deliveries_release
from .desk.releasing import absent_release
from .engines.rasa import RasaEngine
from .inbox import received_requeue, received_take
from .media import attachments_fetch
from .notices import due_conversations, notices_release
from .queue import answered_here
from .routing.assigning import conversations_assign
from .routing.unanswered import unanswered_tell
from .satisfaction import questions_ask
from .selectors import conversation_at
from .turns import answer_waiting, deliver_queued

# 1, 2, 4, 8, then every 10 seconds: about four minutes of patience before the citizen is told.
_RETRY = Backoff(attempts=30, longest_s=10)
# 1, 2, 4 … 60 seconds: three quarters of an hour of a provider that is away, in which messages of
# the same conversation wait behind the one that it does not take.
_DELIVERY_RETRY = Backoff(attempts=50, longest_s=60)
_SOON = Backoff(attempts=3, longest_s=10)  # the next run comes in a minute
_RELEASED_MAX = 500
_WAITS_LONG = timedelta(minutes=10)  # longer than the patience of the job that takes it in


@cache
def _engine() -> RasaEngine:
    return RasaEngine(base_url=settings.RASA_URL, token=settings.RASA_TOKEN)


@app.task(name="conversations.take", retry=_RETRY, pass_context=True)
@closing_connections
def take(context: JobContext, channel: str, sender: str) -> None:
    """Take in what a sender sent and answer it: one job, because its sender waits."""
    try:
        with answered_here():
            received_take(channel=channel, sender=bytes.fromhex(sender))
    finally:
        conversation_id = conversation_at(channel=channel, sender=bytes.fromhex(sender))
        if conversation_id is not None:
            _answer(conversation_id, last_try=_RETRY.is_last(context.job))


@app.task(name="conversations.answer", retry=_RETRY, pass_context=True)
@closing_connections
def answer(context: JobContext, conversation_id: str) -> None:
    _answer(uuid.UUID(conversation_id), last_try=_RETRY.is_last(context.job))


def _answer(conversation_id: uuid.UUID, *, last_try: bool) -> None:
    attachments_fetch(conversation_id=conversation_id, last_try=last_try)
    answer_waiting(conversation_id=conversation_id, engine=_engine(), last_try=last_try)


@app.task(name="conversations.deliver", retry=_DELIVERY_RETRY, pass_context=True)
@closing_connections
def deliver(context: JobContext, conversation_id: str) -> None:
    deliver_queued(
        conversation_id=uuid.UUID(conversation_id),
        last_try=_DELIVERY_RETRY.is_last(context.job),
    )


@app.periodic(cron="* * * * *")
@app.task(name="conversations.release_notices", lock="conversations.release_notices", retry=_SOON)
@closing_connections
def release_notices(timestamp: int) -> None:
    """Every minute: send what waited for the end of the quiet hours."""
    now = timezone.now()
    deliveries_release(now=now, limit=_RELEASED_MAX)
    for conversation_id in due_conversations(now=now, limit=_RELEASED_MAX):
        notices_release(conversation_id=conversation_id, now=now)


@app.periodic(cron="* * * * *")
@app.task(name="conversations.release_absent", lock="conversations.release_absent", retry=_SOON)
@closing_connections
def release_absent(timestamp: int) -> None:
    """Every minute: what an agent who left was holding goes back to the queue."""
    absent_release(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="conversations.assign", retry=_SOON)
@closing_connections
def assign(timestamp: int) -> None:
    """Every minute, and whenever somebody waits or has room: offer what waits to its turn.

    Two of them at once are harmless.
    """
    conversations_assign(now=timezone.now())


@app.periodic(cron="* * * * *")
@app.task(name="conversations.tell_unanswered", lock="conversations.tell_unanswered", retry=_SOON)
@closing_connections
def tell_unanswered(timestamp: int) -> None:
    """Every minute: whoever waits for nobody is told so, once."""
    unanswered_tell(now=timezone.now())


@app.periodic(cron="*/10 * * * *")
@app.task(name="conversations.requeue_received", lock="conversations.requeue_received", retry=_SOON)
@closing_connections
def requeue_received(timestamp: int) -> None:
    """Every ten minutes: what was acknowledged and not taken in for long is tried again."""
    received_requeue(before=timezone.now() - _WAITS_LONG, limit=_RELEASED_MAX)


@app.periodic(cron="*/10 * * * *")
@app.task(name="conversations.ask_satisfaction", lock="conversations.ask_satisfaction", retry=_SOON)
@closing_connections
def ask_satisfaction(timestamp: int) -> None:
    """Every ten minutes: ask about the exchanges that are over."""
    questions_ask(now=timezone.now())
