"""Reports, what they are about, and everything that happened to them."""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.conversations.models import Conversation
from agent_console.places.models import Commune
from agent_console.references import format_reference

from .workflow import State


class Service(models.Model):
    """The municipal service that owns a case."""

    code = models.CharField(max_length=32, primary_key=True)
    label = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.label


class Clock(models.TextChoices):
    """On which hours a deadline runs."""

    ALWAYS = "always", "Jour et nuit"
    WORKING = "working", "Heures ouvrées"


class Category(models.Model):
    """What a report can be about (Open311: a service); data, not code."""

    code = models.CharField(max_length=32, primary_key=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    target_hours = models.PositiveIntegerField()
    reward_points = models.PositiveIntegerField()

    def __str__(self) -> str:
        return self.label_fr

    @property
    def reward_rule(self) -> str:
        """The wallet's rule for this category; empty when nothing is earned."""
        return f"report.{self.code}" if self.reward_points else ""


class Report(models.Model):
    """One signalement.

    ``intake_key`` and ``intake_sha256`` make a repeated intake return the first report.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT)
    address = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT)
    resident = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT)
    state = models.CharField(max_length=12, choices=State.choices, default=State.RECEIVED)
    intake_key = models.CharField(max_length=120, unique=True, editable=False)
    intake_sha256 = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="report_recent")]
        permissions = [
            ("validate_report", "Peut valider un signalement"),
            ("reject_report", "Peut rejeter un signalement"),
        ]

    @property
    def reference_display(self) -> str:
        """The reference in groups of three, as it is said and printed."""
        return format_reference(self.reference)

    @property
    def place_label(self) -> str:
        """Where it is, in one line."""
        return ", ".join(part for part in (self.address, self.place, self.commune.name) if part)


class Transition(models.Model):
    """One step of a report's life: append-only, enforced by the database."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="transitions")
    from_state = models.CharField(max_length=12, choices=State.choices, blank=True)
    to_state = models.CharField(max_length=12, choices=State.choices)
    reason = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class RewardState(models.TextChoices):
    WAITING = "waiting", "À ouvrir"
    PENDING = "pending", "En attente de validation"
    POSTED = "posted", "Versée"
    VOIDED = "voided", "Annulée"
    REFUSED = "refused", "Refusée"


class ReportReward(models.Model):
    """What a report earns its author.

    ``evidence`` is all that the wallet learns of the report: a random number of no other use, so
    nothing published leads from the chain to a person.
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="reward")
    evidence = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    points = models.PositiveIntegerField()
    state = models.CharField(
        max_length=12, choices=RewardState.choices, default=RewardState.WAITING
    )
    reward_id = models.UUIDField(null=True, editable=False)
    refusal_code = models.CharField(max_length=64, blank=True)
    # When to ask the wallet whether the reward has posted by itself; null: only a person decides.
    look_at = models.DateTimeField(null=True, editable=False)
    is_told = models.BooleanField(default=False)  # by a notice of its own
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["look_at"], name="reward_look", condition=models.Q(state="pending")
            )
        ]
