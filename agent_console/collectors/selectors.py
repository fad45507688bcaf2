"""Reads of cards and deposits."""

import uuid
from datetime import datetime

from django.db.models import Count, Exists, Max, Min, OuterRef, Q, QuerySet, Sum

from agent_console.citizens.selectors import residents_same
from agent_console.wallet.rewards import LIMIT_CODES

from . import steps
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
    return _linked(Card.objects.filter(resident_id__in=residents_same(resident_id=resident_id)))


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
    """The newest deposits made with a card, with their parts.

    Adds ``is_behind``: an older deposit of the same resident waits for a limit, and goes first.
    """
    return (
        Deposit.objects.filter(card=card)
        .annotate(is_behind=_an_older_one_waits())
        .prefetch_related("parts")
        .order_by("-happened_at")[:limit]
    )


def is_moving(*, card: Card) -> bool:
    """Whether points of the card's deposits are on their way now."""
    return (
        Deposit.objects.filter(card=card, state=DepositState.DUE)
        .exclude(wait_code__in=LIMIT_CODES, attempts=0)
        .exclude(_an_older_one_waits())
        .exists()
    )


def _an_older_one_waits() -> Exists:
    return Exists(
        Deposit.objects.filter(
            state=DepositState.DUE,
            wait_code__in=LIMIT_CODES,
            resident=OuterRef("resident"),
            received_at__lt=OuterRef("received_at"),
        )
    )


def deposits_failing(*, now: datetime) -> QuerySet[Deposit]:
    """Deposits that a person should look at, the longest failing first, with their retries: for
    ``CHECK_AFTER`` or longer no answer that counts, or no try is left."""
    return (
        Deposit.objects.filter(state=DepositState.DUE)
        .filter(Q(failing_since__lte=now - steps.CHECK_AFTER) | Q(attempts__gte=steps.ATTEMPTS_MAX))
        .select_related("card")
        .prefetch_related("retries__actor")
        .order_by("failing_since", "received_at")
    )


def deposits_limited(*, now: datetime) -> QuerySet[Deposit]:
    """Deposits whose points wait until a cap opens, the soonest first; those behind them and those
    that fail are not among them."""
    return (
        Deposit.objects.filter(
            state=DepositState.DUE, wait_code__in=LIMIT_CODES, attempts=0, retry_at__gt=now
        )
        .select_related("card")
        .order_by("retry_at", "received_at")
    )
