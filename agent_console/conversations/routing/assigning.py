"""Offers what waits to whoever's turn it is, and takes back what stays unanswered.

Locks are taken in one order, conversation before availability, so that two workers wait for each
other and never deadlock: of two that offer the same conversation one finds it offered, and of two
that offer to the same agent the second counts what the first gave them.
"""

import uuid
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from ..announce import announce_console
from ..desk.errors import NotHeld
from ..desk.models import Draft
from ..desk.taking import ANSWER, conversation_release, locked
from ..errors import PermissionMissing
from ..models import Conversation
from .availability import is_there
from .leaving import away_release, gone_leave
from .models import AssignmentRules, Availability, Offer, OfferState
from .offers import offer_live, offer_step, topic_of
from .rules import assign_soon, rules
from .selectors import (
    has_room,
    is_able,
    is_waiting,
    offers_to_settle,
    queue_unoffered,
    team_members,
    turn_of,
    with_room,
)


def conversations_assign(*, now: datetime) -> int:
    """Settle what was offered, then offer what waits; how many were offered, ONE transaction each.

    Run again after a crash it finds what is left.  While it is not switched on it only takes
    back what is still offered.
    """
    is_automatic = rules().is_automatic
    for conversation_id in offers_to_settle(now=now, is_automatic=is_automatic):
        offer_settle(conversation_id=conversation_id, now=now)
    if not is_automatic:
        return 0
    gone_leave(now=now)
    away_release()
    offered, free, members = 0, with_room(now=now), team_members()
    for conversation in queue_unoffered():
        # What nobody can take costs no transaction, however much of it waits.
        if not any(is_able(skills, conversation, members) for skills in free):
            continue
        if conversation_offer(conversation_id=conversation.pk, now=now) is not None:
            offered += 1
        free = with_room(now=now)
    return offered


@transaction.atomic
def conversation_offer(*, conversation_id: uuid.UUID, now: datetime) -> Offer | None:
    """Offer a conversation that waits to whoever's turn it is; ``None`` when nobody can have it.

    ONE transaction: the offer, the agent's new place in the line and the job that ends the offer.
    The conversation's lock and a unique constraint make it one offer, the agent's lock keeps their
    capacity.
    """
    conversation = locked(conversation_id)
    if not is_waiting(conversation) or offer_live(conversation_id) is not None:
        return None
    for skills in turn_of(conversation, now=now):
        place = Availability.objects.select_for_update().get(pk=skills.user_id)
        if not is_there(place, now=now) or not has_room(skills):
            continue  # they left, or were given another one, while we waited for the lock
        until = now + timedelta(minutes=rules().answer_within_min)
        offer = Offer.objects.create(
            conversation=conversation,
            agent_id=skills.user_id,
            fence=conversation.fence,
            offered_at=now,
            until=until,
        )
        place.waits_since = now
        place.save(update_fields=["waits_since"])
        announce_console(topics=[topic_of(skills.user_id), "availability"])
        assign_soon(at=until)
        return offer
    return None


@transaction.atomic
def offer_decline(*, conversation_id: uuid.UUID, actor: User) -> None:
    """Leave an offer to the next agent; one that is over already stays over.

    Raises ``PermissionMissing``, ``NotHeld`` for what was never offered to ``actor``.
    """
    if not actor.has_perm(ANSWER):
        raise PermissionMissing
    conversation = locked(conversation_id)
    offer = offer_live(conversation_id)
    if offer is not None and offer.state == OfferState.OPEN and offer.agent_id == actor.pk:
        offer_step(offer, OfferState.DECLINED)
        assign_soon()
    elif not conversation.offers.filter(agent=actor).exists():
        raise NotHeld


@transaction.atomic
def offer_settle(*, conversation_id: uuid.UUID, now: datetime) -> None:
    """End what was offered in a conversation when it is time to.

    Not taken in time, or by somebody who left meanwhile: it is the next one's.  Taken and not
    answered in time by somebody who is not writing: it goes back to the queue, ONE transaction.
    """
    conversation = locked(conversation_id)
    offer = offer_live(conversation_id)
    if offer is None:
        return
    in_force = rules()
    if offer.state == OfferState.OPEN:
        place = Availability.objects.filter(pk=offer.agent_id).first()
        is_possible = in_force.is_automatic and is_waiting(conversation)
        if not is_possible or place is None or not is_there(place, now=now):
            offer_step(offer, OfferState.WITHDRAWN)
        elif offer.until <= now:
            offer_step(offer, OfferState.EXPIRED)
    elif (
        not in_force.is_automatic
        or (conversation.holder_id, conversation.fence) != (offer.agent_id, offer.fence)
        or conversation.waiting_since is None
    ):
        offer_step(offer, OfferState.DONE)
    elif offer.until <= now:
        _not_answered(conversation, offer, now, in_force)


def _not_answered(
    conversation: Conversation, offer: Offer, now: datetime, in_force: AssignmentRules
) -> None:
    within = timedelta(minutes=in_force.answer_within_min)
    draft = Draft.objects.filter(conversation=conversation, author_id=offer.agent_id).first()
    if draft is not None and draft.updated_at + within > now:
        offer.until = draft.updated_at + within
        offer.save(update_fields=["until"])
        assign_soon(at=offer.until)
        return
    offer_step(offer, OfferState.LAPSED)
    conversation_release(conversation_id=conversation.pk, holder_id=offer.agent_id)
