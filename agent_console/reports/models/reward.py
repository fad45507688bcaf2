"""What a report earns."""

import uuid

from django.db import models

from .report import Report


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
