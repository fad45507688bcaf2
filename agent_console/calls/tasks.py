"""The worker's jobs about calls: parse, ask the telephone company, write down what it said."""

import uuid

from django.utils import timezone
from procrastinate import JobContext
from procrastinate.contrib.django import app

from agent_console.jobs import Backoff, closing_connections

from .callbacks import call_back_answered
from .ending import call_end
from .errors import TelephoneFailed
from .limits import CALL_MAX
from .models import Call, CallBack
from .ports import telephone
from .recordings import recording_delete, recordings_again
from .settling import call_settle, call_unsettled
from .workflow import LIVE, CallBackState

# Somebody holds the line: what is not done within some seconds is for the operator to press again.
_NOW = Backoff(attempts=4, longest_s=2)
_SOON = Backoff(attempts=3, longest_s=10)
# Whose voice it is asked for it: days, not minutes.
_OWED = Backoff(attempts=400, longest_s=900)


@app.task(name="calls.settle", retry=_NOW, pass_context=True)
@closing_connections
def settle(context: JobContext, call_id: str) -> None:
    try:
        call_settle(call_id=uuid.UUID(call_id))
    except TelephoneFailed as failure:
        if not (failure.permanent or _NOW.is_last(context.job)):
            raise
        call_unsettled(call_id=uuid.UUID(call_id), how=failure.code)


@app.task(name="calls.hang_up", retry=_SOON)
@closing_connections
def hang_up(provider_id: str) -> None:
    telephone().hang_up(provider_id)


@app.task(name="calls.call_back", retry=_NOW, pass_context=True)
@closing_connections
def call_back(context: JobContext, call_back_id: str, attempt: int) -> None:
    row = CallBack.objects.select_related("claimed_by", "contact_point").get(
        pk=uuid.UUID(call_back_id)
    )
    if row.state != CallBackState.CLAIMED or row.attempts != attempt:
        return
    try:
        telephone().call_back(row)
    except TelephoneFailed as failure:
        if not (failure.permanent or _NOW.is_last(context.job)):
            raise
        call_back_answered(call_back_id=row.pk, attempt=attempt, how=failure.code)


@app.task(name="calls.forget_recording", retry=_OWED)
@closing_connections
def forget_recording(recording_id: int) -> None:
    recording_delete(recording_id=recording_id)


@app.periodic(cron="27 4 * * *")
@app.task(name="calls.forget_recordings", lock="calls.forget_recordings", retry=_SOON)
@closing_connections
def forget_recordings(timestamp: int) -> None:
    """Every night: recordings whose job gave up."""
    recordings_again()


@app.periodic(cron="17 * * * *")
@app.task(name="calls.end_lost", lock="calls.end_lost", retry=_SOON)
@closing_connections
def end_lost(timestamp: int) -> None:
    """Every hour: calls whose end was never told us."""
    before = timezone.now() - CALL_MAX
    for call in Call.objects.filter(state__in=LIVE, started_at__lt=before):
        call_end(provider_id=call.provider_id, how="lost", may_text=False)
