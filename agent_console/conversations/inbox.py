"""From a provider's hand to the hub: acknowledged by one insertion, taken in by the worker.

A provider waits only for the row and the job behind it, which commit together.  What the message
means is found out afterwards by the channel's ``Taker``, in the order in which its sender wrote.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from agent_console.citizens.addresses import address_seal, address_unseal
from service_kit.logs import get_logger

from . import queue
from .models import Received
from .ports import taker_for

logger = get_logger(__name__)


@transaction.atomic
def received_put(
    *, channel: str, external_id: str, sender: bytes, content: Mapping[str, Any]
) -> None:
    """Keep what a provider brought, once, with the job that takes it in.

    ONE transaction holds both: a provider that is answered may forget it, one that is not sends it
    again, and the same ``external_id`` changes nothing while it waits here.  ``sender``: the
    contact's digest (``citizens.services.contact_key``).  ``content``: JSON that the channel's
    ``Taker`` understands.
    """
    row = Received(
        channel=channel,
        external_id=external_id,
        sender=sender,
        sealed=address_seal(json.dumps(content)),
    )
    Received.objects.bulk_create([row], ignore_conflicts=True)
    queue.enqueue_take(channel=channel, sender=sender)


def received_take(*, channel: str, sender: bytes) -> None:
    """Have the channel read what waits from one sender, in order.

    Under the job's lock on the sender.  A row goes after what came of it was committed: a crash in
    between takes it in again, which its ``external_id`` makes harmless.  One that can't be taken in
    stays and holds up none of the others; its error is raised at the end.
    """
    failure: Exception | None = None
    for row in Received.objects.filter(channel=channel, sender=sender).order_by("pk"):
        try:
            taker_for(channel)(json.loads(address_unseal(bytes(row.sealed))))
        except Exception as error:
            logger.exception("not taken in", extra={"received_id": row.pk, "channel": channel})
            failure = failure or error
        else:
            row.delete()
    if failure is not None:
        raise failure


@transaction.atomic
def received_requeue(*, before: datetime, limit: int) -> int:
    """Have what came before a moment and waits still taken in; how many senders, at most ``limit``.

    Its job was given up: the channel could not read it, until somebody mended the channel.
    """
    waiting = Received.objects.filter(created_at__lt=before).order_by("channel", "sender")
    senders = waiting.values_list("channel", "sender").distinct()[:limit]
    for channel, sender in senders:
        queue.enqueue_take(channel=channel, sender=bytes(sender))
    return len(senders)
