"""Recordings of talks: known while the telephone company has them, deleted there with the words.

A recording that leads to no call is to be deleted: its conversation was erased or its words are
over, or it was made known only afterwards.
"""

import uuid
from collections.abc import Collection

from django.db import transaction

from . import queue
from .models import Call, Recording
from .ports import telephone

_AT_ONCE = 500


@transaction.atomic
def recording_keep(*, provider_id: str, call_id: uuid.UUID) -> None:
    """The telephone company has a recording of a call; told again, it changes nothing.

    ONE transaction holds the row and, when the call is forgotten already, the job that deletes it.
    """
    call = Call.objects.filter(pk=call_id).first()
    recording, is_new = Recording.objects.get_or_create(
        provider_id=provider_id, defaults={"call": call}
    )
    if is_new and call is None:
        queue.enqueue_recording(recording_id=recording.pk)


def recordings_let_go(*, conversation_ids: Collection[uuid.UUID]) -> int:
    """Have all recordings of these conversations deleted; how many.  Part of the CALLER's
    transaction."""
    found = Recording.objects.filter(call__conversation__in=conversation_ids)
    numbers = list(found.values_list("pk", flat=True))
    Recording.objects.filter(pk__in=numbers).update(call=None)
    for recording_id in numbers:
        queue.enqueue_recording(recording_id=recording_id)
    return len(numbers)


def recording_delete(*, recording_id: int) -> None:
    """Have it deleted, then drop the row; one that is gone already is done.

    Raises ``TelephoneFailed``: to be asked for again.
    """
    recording = Recording.objects.filter(pk=recording_id, call=None).first()
    if recording is None:
        return
    telephone().forget(recording.provider_id)
    recording.delete()


@transaction.atomic
def recordings_again() -> int:
    """Have tried again what a job gave up; how many wait."""
    waiting = list(Recording.objects.filter(call=None).values_list("pk", flat=True)[:_AT_ONCE])
    for recording_id in waiting:
        queue.enqueue_recording(recording_id=recording_id)
    return len(waiting)
