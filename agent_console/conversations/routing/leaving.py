"""Whoever is absent holds nothing: what they had is offered to the next.

An agent's own row changes in its own transaction and what they held in one for each conversation,
because locks are taken conversation first.  A crash in between leaves conversations with somebody
who is absent: the job every minute finds them.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from ..desk.releasing import signed_out_release
from ..desk.taking import conversation_release, locked
from ..models import Conversation
from .availability import GONE_AFTER, availability_leave, availability_set, gone
from .models import Availability, AvailabilityState, Offer, OfferState
from .offers import offer_live, offer_step
from .rules import assign_soon

_AT_ONCE_MAX = 500


def availability_change(*, user: User, state: AvailabilityState) -> Availability:
    """Say whether one is there, and let go of what that ends: offers, and when absent everything.

    Raises ``PermissionMissing``.
    """
    row = availability_set(user=user, state=state)
    if state != AvailabilityState.AVAILABLE:
        _offers_withdraw(user)
    if state == AvailabilityState.AWAY:
        signed_out_release(user=user)
    return row


def signed_out(*, user: User) -> None:
    """Whoever signs out holds nothing any more, and is offered nothing."""
    availability_leave(user_id=user.pk)
    _offers_withdraw(user)
    signed_out_release(user=user)


def gone_leave(*, now: datetime) -> int:
    """Note as absent whoever has no page open any more; how many, one transaction each."""
    unseen = list(gone(now=now).values_list("pk", flat=True)[:_AT_ONCE_MAX])
    return sum(availability_leave(user_id=pk, unseen_before=now - GONE_AFTER) for pk in unseen)


def away_release() -> int:
    """Put back into the queue what is held by people who are absent; how many."""
    held = _held_by_the_away().values_list("pk", "holder_id")[:_AT_ONCE_MAX]
    return sum(
        conversation_release(conversation_id=pk, holder_id=holder_id)
        for pk, holder_id in list(held)
        if holder_id is not None
    )


def _held_by_the_away() -> QuerySet[Conversation]:
    away = Availability.objects.filter(state=AvailabilityState.AWAY)
    return Conversation.objects.filter(holder__in=away.values("user")).order_by("pk")


def _offers_withdraw(user: User) -> None:
    offered = Offer.objects.filter(agent=user, state=OfferState.OPEN)
    for conversation_id in list(offered.values_list("conversation_id", flat=True)):
        with transaction.atomic():
            locked(conversation_id)
            offer = offer_live(conversation_id)
            if offer is not None and (offer.agent_id, offer.state) == (user.pk, OfferState.OPEN):
                offer_step(offer, OfferState.WITHDRAWN)
                assign_soon()
