"""Cards of a collector, whose they are, and the deposits made with them.

A card's number is never stored: ``number_digest`` is keyed (``agent_console.digests``), and people
recognise a card by its last four characters.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agent_console.citizens.models import Resident
from agent_console.wallet.rewards import LIMIT_CODES


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

    ``resident`` is fixed when the deposit becomes due (``due_at``), so that a request which is
    repeated is the same request, whatever becomes of the card meanwhile.  What the wallet is asked
    for, and under which key, is in its parts; ``rewarded_items`` and ``points`` are their sums.

    While it is due: ``retry_at`` says when it is asked for next, ``wait_code`` why not yet (a
    limit of the wallet's, or a fault), ``attempts`` and ``failing_since`` count the tries that
    brought neither points nor a limit.
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
    due_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    retry_at = models.DateTimeField(null=True)
    wait_code = models.CharField(max_length=64, blank=True)
    rewarded_items = models.PositiveSmallIntegerField(default=0)
    points = models.PositiveIntegerField(default=0)
    refusal_code = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["collector", "external_id"], name="deposit_once"),
            models.CheckConstraint(
                condition=models.Q(items__gte=1, items__lte=1000), name="deposit_items_range"
            ),
            models.CheckConstraint(
                condition=models.Q(state="waiting_card", resident__isnull=True, due_at__isnull=True)
                | models.Q(resident__isnull=False, due_at__isnull=False)
                & ~models.Q(state="waiting_card"),
                name="deposit_resident_when_due",
            ),
            models.CheckConstraint(
                condition=models.Q(state="rewarded", rewarded_items=models.F("items"))
                | ~models.Q(state="rewarded") & models.Q(rewarded_items__lt=models.F("items")),
                name="deposit_rewarded_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["resident", "received_at"],
                name="deposit_due",
                condition=models.Q(state="due"),
            ),
            models.Index(
                fields=["card"],
                name="deposit_waiting",
                condition=models.Q(state="waiting_card"),
            ),
        ]
        permissions = [("retry_deposit", "Peut relancer la récompense d’un dépôt")]

    @property
    def left_items(self) -> int:
        """Items that have earned nothing yet."""
        return self.items - self.rewarded_items

    @property
    def waits_for_limit(self) -> bool:
        """Whether the wallet's last word was "not now"; ``retry_at`` is then when it opens."""
        return (
            self.state == DepositState.DUE and self.wait_code in LIMIT_CODES and not self.attempts
        )

    @property
    def state_label(self) -> str:
        """The state in words; points that were given before a refusal are not forgotten."""
        if self.state == DepositState.REFUSED and self.points:
            return "Récompensé en partie"
        if self.state == DepositState.DUE and self.points:
            return "En cours de versement"
        return str(self.get_state_display())


class PartState(models.TextChoices):
    OPEN = "open", "Demandée"
    REWARDED = "rewarded", "Versée"
    REFUSED = "refused", "Refusée"


class DepositPart(models.Model):
    """Items of a deposit that the wallet is asked for together; one is open at a time.

    ``id`` is random and of no other use: it is the evidence and the idempotency key of the reward,
    so a part earns once, whatever is repeated.  A part that a cap does not hold is made smaller
    under the same key; ``former_items`` are the sizes that were asked for before, the oldest first.
    ``unanswered`` counts requests whose answer never came: the wallet may have heard them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="parts")
    items = models.PositiveSmallIntegerField()
    former_items = ArrayField(models.PositiveSmallIntegerField(), default=list)
    state = models.CharField(max_length=8, choices=PartState.choices, default=PartState.OPEN)
    unanswered = models.PositiveSmallIntegerField(default=0)
    reward_id = models.UUIDField(null=True, editable=False)
    points = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["decided_at", "created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["deposit"], condition=models.Q(state="open"), name="part_one_open"
            ),
            models.CheckConstraint(
                condition=models.Q(items__gte=1, items__lte=1000), name="part_items_range"
            ),
            models.CheckConstraint(
                condition=models.Q(state="rewarded", reward_id__isnull=False)
                | ~models.Q(state="rewarded") & models.Q(reward_id__isnull=True, points=0),
                name="part_reward_when_rewarded",
            ),
        ]


class DepositRetry(models.Model):
    """Who had a deposit asked for again, and what stood in its way: append-only."""

    deposit = models.ForeignKey(Deposit, on_delete=models.PROTECT, related_name="retries")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    attempts = models.PositiveSmallIntegerField()
    wait_code = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["id"]
