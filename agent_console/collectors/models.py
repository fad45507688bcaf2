"""Cards of a collector, whose they are, and the deposits made with them.

A card's number is never stored: ``number_digest`` is keyed (``agent_console.digests``), and people
recognise a card by its last four characters.
"""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import Resident


class Card(models.Model):
    """A card of one collector, known since its first deposit or since it was linked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collector = models.CharField(max_length=32)
    number_digest = models.BinaryField(max_length=32, editable=False)
    last4 = models.CharField(max_length=4)
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.PROTECT, related_name="cards"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collector", "number_digest"], name="card_number")
        ]
        permissions = [("link_card", "Peut rattacher une carte de tri à un citoyen")]


class CardChangeKind(models.TextChoices):
    LINKED = "linked", "Rattachée"
    UNLINKED = "unlinked", "Détachée"


class CardChange(models.Model):
    """Who linked or unlinked a card, and when: append-only, enforced by the database."""

    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="changes")
    kind = models.CharField(max_length=8, choices=CardChangeKind.choices)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class DepositState(models.TextChoices):
    WAITING_CARD = "waiting_card", "Carte à rattacher"
    DUE = "due", "À récompenser"
    REWARDED = "rewarded", "Récompensé"
    REFUSED = "refused", "Non récompensé"


class Deposit(models.Model):
    """Items that somebody brought to a container, as the collector counted them.

    ``id`` is random and of no other use: it is the evidence and the idempotency key of the reward.
    ``resident`` is fixed when the deposit becomes due, so that a request which is repeated is the
    same request, whatever becomes of the card meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collector = models.CharField(max_length=32)
    external_id = models.CharField(max_length=64)
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="deposits")
    items = models.PositiveSmallIntegerField()
    happened_at = models.DateTimeField()
    site = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(
        max_length=12, choices=DepositState.choices, default=DepositState.WAITING_CARD
    )
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="+")
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True)
    reward_id = models.UUIDField(null=True, editable=False)
    points = models.PositiveIntegerField(default=0)
    refusal_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collector", "external_id"], name="deposit_once"),
            models.CheckConstraint(
                condition=models.Q(items__gte=1, items__lte=1000), name="deposit_items_range"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting_card", resident__isnull=True)
                | models.Q(resident__isnull=False) & ~models.Q(state="waiting_card"),
                name="deposit_resident_when_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["received_at"], name="deposit_due", condition=models.Q(state="due")
            ),
            models.Index(
                fields=["card"],
                name="deposit_waiting",
                condition=models.Q(state="waiting_card"),
            ),
        ]
