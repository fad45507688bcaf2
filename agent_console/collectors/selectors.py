"""Reads of cards and deposits."""

import uuid

from django.db.models import Count, Max, Min, Q, QuerySet, Sum

from .models import Card, Deposit, DepositState


def cards_waiting(*, limit: int = 100) -> QuerySet[Card]:
    """Cards that are nobody's and have deposits, the longest waiting first.

    Adds ``waiting_count``, ``waiting_items`` and ``waiting_since``.
    """
    waiting = Q(deposits__state=DepositState.WAITING_CARD)
    return (
        Card.objects.filter(resident__isnull=True)
        .annotate(
            waiting_count=Count("deposits", filter=waiting),
            waiting_items=Sum("deposits__items", filter=waiting),
            waiting_since=Min("deposits__received_at", filter=waiting),
        )
        .filter(waiting_count__gt=0)
        .order_by("waiting_since")[:limit]
    )


def cards_linked(*, limit: int = 100) -> QuerySet[Card]:
    """Cards that are somebody's, the latest link first, with ``linked_at``."""
    return _linked(Card.objects.filter(resident__isnull=False))[:limit]


def cards_of(*, resident_id: uuid.UUID | None) -> QuerySet[Card]:
    """One resident's cards; none for nobody."""
    if resident_id is None:
        return Card.objects.none()
    return _linked(Card.objects.filter(resident_id=resident_id))


def _linked(cards: QuerySet[Card]) -> QuerySet[Card]:
    return cards.annotate(linked_at=Max("changes__at")).order_by("-linked_at")


def card_find(*, card_id: uuid.UUID) -> Card | None:
    """A card with its history."""
    return (
        Card.objects.select_related("resident")
        .prefetch_related("changes__actor")
        .filter(pk=card_id)
        .first()
    )


def deposits_of(*, card: Card, limit: int = 100) -> QuerySet[Deposit]:
    """The newest deposits made with a card."""
    return Deposit.objects.filter(card=card).order_by("-happened_at")[:limit]
