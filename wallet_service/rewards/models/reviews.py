"""Signals sent with rewards, and the cases that a person looks at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet_service.ledger.models import Wallet

from ..domain import ReviewPattern, ReviewState
from .rewards import Reward

DIGEST_BYTES = 32


class RewardSignal(models.Model):
    """A keyed digest of a photo or a place, made by the console; opaque here.  Append-only."""

    class Kind(models.TextChoices):
        PHOTO = "photo"
        PLACE = "place"

    reward = models.ForeignKey(
        Reward, on_delete=models.PROTECT, related_name="signals", db_index=False
    )
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    digest = models.BinaryField(max_length=DIGEST_BYTES)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["digest", "created_at"], name="signal_digest")]
        constraints = [
            models.UniqueConstraint(
                fields=["reward", "kind", "digest"], name="signal_once_per_reward"
            ),
        ]


class ReviewCase(models.Model):
    """Something that looks wrong about a reward or a voucher (``subject``), open until decided.

    While a case about a reward is open, the reward does not post by itself.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    pattern = models.CharField(
        max_length=24, choices=[(pattern, pattern) for pattern in ReviewPattern]
    )
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="review_cases", db_index=False
    )
    subject = models.UUIDField()
    state = models.CharField(max_length=16, choices=[(state, state) for state in ReviewState])
    opened_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)  # who of the staff; only the console knows
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "pattern"], name="review_once_per_pattern"),
            models.CheckConstraint(
                condition=Q(
                    state=ReviewState.OPEN, decided_by__isnull=True, decided_at__isnull=True
                )
                | Q(
                    state__in=[ReviewState.CLEARED, ReviewState.CONFIRMED_FRAUD],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="review_decided_when_not_open",
            ),
        ]
        indexes = [models.Index(fields=["state", "id"], name="review_list")]
