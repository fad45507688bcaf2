"""Linking a card to a resident, and undoing it."""

import uuid

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from agent_console.citizens.consents import Said, consent_answer
from agent_console.citizens.errors import ConsentMissing
from agent_console.citizens.models import ChannelCode, ConsentAnswer, ConsentBy, Resident
from agent_console.citizens.services import wallet_assign

from . import queue
from .cards import last4, number_digest, number_normalised
from .errors import (
    CardLinkedElsewhere,
    CardNotLinked,
    CardNumberInvalid,
    CollectorUnknown,
    PermissionMissing,
    PointsUnwanted,
)
from .models import Card, CardChange, CardChangeKind, Deposit, DepositPart, DepositState

LINK_CARD = "collectors.link_card"


@transaction.atomic
def card_link(
    *, collector: str, number: str, resident: Resident, actor: User, has_agreed: bool = False
) -> Card:
    """Say whose card it is; what waited for it is rewarded by a job.

    ``has_agreed``: they just told the colleague that they want points and are 15 or older.

    ONE transaction holds the resident's wallet number, the link, its history, the deposits that
    become due and the job.  A card that is the resident's already is left as it is.

    Raises ``PermissionMissing``, ``CollectorUnknown``, ``CardNumberInvalid``,
    ``CardLinkedElsewhere``, ``PointsUnwanted``.
    """
    _permit(actor)
    if collector not in settings.GLASS_COLLECTOR_SECRETS:
        raise CollectorUnknown
    normalised = number_normalised(number)
    if normalised is None:
        raise CardNumberInvalid
    digest = number_digest(collector=collector, number=normalised)
    Card.objects.get_or_create(
        collector=collector, number_digest=digest, defaults={"last4": last4(normalised)}
    )
    card = Card.objects.select_for_update().get(collector=collector, number_digest=digest)
    return _give(card, resident, actor, has_agreed)


@transaction.atomic
def card_assign(
    *, card_id: uuid.UUID, resident: Resident, actor: User, has_agreed: bool = False
) -> Card:
    """``card_link`` for a card that deposits made known, whose number is not at hand."""
    _permit(actor)
    card = Card.objects.select_for_update().get(pk=card_id)
    return _give(card, resident, actor, has_agreed)


@transaction.atomic
def card_unlink(*, card_id: uuid.UUID, actor: User) -> int:
    """Undo a link; the number of deposits that stay with the resident.

    Deposits that earned nothing yet wait again: those of which the wallet has not heard, and those
    that it answered with "not now".  One that was rewarded in part, or whose answer is still to
    come, stays with the resident for whom it was sent, all of it; a wrong one is taken back by a
    correction.  ONE transaction holds the card, its history and the deposits, which are locked as
    whoever sends them locks them.

    Raises ``PermissionMissing``, ``CardNotLinked``.
    """
    _permit(actor)
    card = Card.objects.select_for_update().get(pk=card_id)
    if card.resident_id is None:
        raise CardNotLinked
    resident_id = card.resident_id
    CardChange.objects.create(
        card=card, kind=CardChangeKind.UNLINKED, resident_id=resident_id, actor=actor
    )
    card.resident = None
    card.save(update_fields=["resident"])
    _take_back(card)
    return Deposit.objects.filter(
        card=card,
        resident_id=resident_id,
        state__in=(DepositState.DUE, DepositState.REWARDED),
    ).count()


def _take_back(card: Card) -> None:
    """Make the deposits that earned nothing wait for a card again."""
    unrewarded = list(
        Deposit.objects.select_for_update()
        .filter(card=card, state=DepositState.DUE, rewarded_items=0)
        .order_by("pk")
    )
    parts = DepositPart.objects.filter(deposit__in=unrewarded)
    sent = set(parts.filter(unanswered__gt=0).values_list("deposit", flat=True))
    back = [deposit.pk for deposit in unrewarded if deposit.pk not in sent]
    parts.filter(deposit__in=back).delete()
    Deposit.objects.filter(pk__in=back).update(
        state=DepositState.WAITING_CARD,
        resident=None,
        due_at=None,
        attempts=0,
        failing_since=None,
        retry_at=None,
        wait_code="",
    )


def _permit(actor: User) -> None:
    if not actor.has_perm(LINK_CARD):
        raise PermissionMissing


def _give(card: Card, resident: Resident, actor: User, has_agreed: bool) -> Card:
    """Link a locked card."""
    if card.resident_id == resident.id:
        return card
    if card.resident_id is not None:
        raise CardLinkedElsewhere
    if has_agreed:
        said = Said(ConsentAnswer.AGREED, ChannelCode.PHONE, by=ConsentBy.OPERATOR, actor=actor)
        consent_answer(resident_id=resident.id, said=said)
    try:
        wallet_assign(resident_id=resident.id)
    except ConsentMissing as missing:
        raise PointsUnwanted from missing
    card.resident = resident
    card.save(update_fields=["resident"])
    CardChange.objects.create(card=card, kind=CardChangeKind.LINKED, resident=resident, actor=actor)
    waiting = Deposit.objects.filter(card=card, state=DepositState.WAITING_CARD)
    if waiting.update(state=DepositState.DUE, resident=resident, due_at=timezone.now()):
        queue.enqueue_rewards()
    return card
