"""Erasing a person: nothing here leads to them any more, and their wallet is nobody's.

What the city must keep (that a hole was reported, when it was filled; that points moved) stays
without them.  Rows that can't be deleted because history tables name them stay as empty numbers:
a resident without contacts or wallet, a contact whose digest is random.
"""

import logging
import uuid
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.citizens.selectors import residents_same
from agent_console.conversations.models import (
    Conversation,
    Delivery,
    DeliveryState,
    Turn,
    TurnState,
)

from . import queue
from .contacts import contacts_own
from .erasing_cases import cases_detach
from .erasing_contacts import contacts_forget, identities_forget
from .models import ActKind, Errand, ErrandKind
from .recording import act_record
from .register import register_add, register_residents

logger = logging.getLogger(__name__)
ANSWERED_WITHIN = timedelta(minutes=2)


def resident_erase(
    *, resident_id: uuid.UUID, channel: ChannelCode, actor: User | None
) -> frozenset[uuid.UUID]:
    """Erase the person under all their numbers; those numbers.

    First the register (a crash after it is made good by ``erasures_replay``), then ONE transaction
    with all of the database's rows and the errands for what stands elsewhere (the wallet, the
    assistant's memory, files), which jobs repeat until they are done.
    """
    same = residents_same(resident_id=resident_id)
    register_add(resident_ids=same)
    _erase(same, channel=channel, actor=actor)
    return same


class StillSpeaking(Exception):
    """The last answer is not said yet; ask again in a moment."""


def resident_erase_once_answered(*, resident_id: uuid.UUID, channel: ChannelCode) -> None:
    """Erase somebody who asked in a chat, after what they were answered there has left.

    A channel that is down for ``ANSWERED_WITHIN`` holds up no erasure.  Raises ``StillSpeaking``.
    """
    since = timezone.now() - ANSWERED_WITHIN
    talks = Conversation.objects.filter(
        contact_point__in=contacts_own(resident_ids=residents_same(resident_id=resident_id))
    )
    turns = Turn.objects.filter(
        conversation__in=talks, state=TurnState.WAITING, created_at__gt=since
    )
    unsent = Delivery.objects.filter(
        message__conversation__in=talks,
        message__created_at__gt=since,
        state=DeliveryState.QUEUED,
    )
    if turns.exists() or unsent.exists():
        raise StillSpeaking
    resident_erase(resident_id=resident_id, channel=channel, actor=None)


def erasures_replay(*, resident_ids: frozenset[uuid.UUID] | None = None) -> int:
    """Erase again whoever the register names and the database still knows: how many numbers.

    After a restored backup, or after a crash between register and commit.
    """
    named = register_residents() if resident_ids is None else resident_ids
    back = list(Resident.objects.filter(pk__in=named, erased_at=None).values_list("pk", flat=True))
    for number in back:
        # By itself: the backup may be from before a merge, and others of today are not named.
        _erase(frozenset({number}), channel=ChannelCode.WEB, actor=None)
    if back:
        logger.warning("erasures replayed", extra={"count": len(back)})
    return len(back)


def erasures_missing() -> int:
    """How many numbers of the register the database still knows."""
    return Resident.objects.filter(pk__in=register_residents(), erased_at=None).count()


@transaction.atomic
def _erase(same: frozenset[uuid.UUID], *, channel: ChannelCode, actor: User | None) -> None:
    residents = list(
        Resident.objects.select_for_update().filter(pk__in=same, erased_at=None).order_by("pk")
    )
    if not residents:
        return  # another request was faster
    wallets = [one.wallet_id for one in residents if one.wallet_id is not None]
    talks = contacts_forget(resident_ids=same)
    cases_detach(resident_ids=same)
    identities_forget(resident_ids=same)
    Resident.objects.filter(pk__in=same).update(
        wallet_id=None, adult_enough_at=None, erased_at=timezone.now()
    )
    for kind, subjects in ((ErrandKind.WALLET, wallets), (ErrandKind.TALK, talks)):
        for subject in subjects:
            errand, _ = Errand.objects.get_or_create(kind=kind, subject=subject)
            queue.enqueue_errand(errand_id=errand.pk)
    for resident in residents:
        if resident.merged_into_id is None:
            act_record(resident_id=resident.pk, kind=ActKind.ERASED, channel=channel, actor=actor)
    logger.info("resident erased", extra={"count": len(residents)})
