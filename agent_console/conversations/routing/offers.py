"""One offer's steps.  Everything here is called under its conversation's lock."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from ..announce import announce_console
from ..models import Conversation
from .models import LIVE, Offer, OfferState
from .rules import assign_soon, rules

STEPS: Mapping[OfferState, frozenset[OfferState]] = {
    OfferState.OPEN: frozenset(
        {OfferState.TAKEN, OfferState.DECLINED, OfferState.EXPIRED, OfferState.WITHDRAWN}
    ),
    OfferState.TAKEN: frozenset({OfferState.DONE, OfferState.LAPSED}),
}


def topic_of(user_id: int) -> str:
    """What the page of an agent listens to."""
    return f"offers:{user_id}"


def offer_live(conversation_id: uuid.UUID) -> Offer | None:
    """The offer of this conversation that stands, if any."""
    return Offer.objects.filter(conversation_id=conversation_id, state__in=LIVE).first()


def offer_step(offer: Offer, state: OfferState, *, until: datetime | None = None) -> None:
    """Move an offer on; raises ``ValueError`` for a step that there is not."""
    if state not in STEPS.get(OfferState(offer.state), ()):
        raise ValueError(f"an offer that is {offer.state} can't become {state}")
    offer.state = state
    if until is not None:
        offer.until = until
    if state not in LIVE:
        offer.ended_at = timezone.now()
    offer.save(update_fields=["state", "fence", "until", "ended_at"])
    announce_console(topics=[topic_of(offer.agent_id), "availability"])


def hands_changed(conversation: Conversation, *, holder: User | None) -> None:
    """The conversation changed hands: its offer is taken, or over.

    Part of that transaction, so that nobody is offered what somebody has.
    """
    offer = offer_live(conversation.pk)
    if offer is not None and offer.state == OfferState.TAKEN:
        offer_step(offer, OfferState.DONE)
    elif offer is not None and holder is not None and holder.pk == offer.agent_id:
        offer.fence = conversation.fence
        until = timezone.now() + timedelta(minutes=rules().answer_within_min)
        offer_step(offer, OfferState.TAKEN, until=until)
        assign_soon(at=until)
    elif offer is not None:
        offer_step(offer, OfferState.WITHDRAWN)
    if holder is None:
        assign_soon()


def offer_answered(conversation: Conversation) -> None:
    """The agent said something: what was offered is kept."""
    offer = offer_live(conversation.pk)
    if offer is not None and offer.state == OfferState.TAKEN:
        offer_step(offer, OfferState.DONE)
