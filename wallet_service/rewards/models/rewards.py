"""What was earned, and its way to the ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.ledger.models import JournalEntry, Wallet

from ..domain import Channel, RewardState
from ..terms import MAX_QUANTITY
from .rules import RULE_CODE_CHARS, RewardRule


class Reward(models.Model):
    """Points for one piece of evidence: pending until its time comes or somebody has checked it, or
    posted at once when its rule says so (then there is no pending entry).

    ``evidence`` is an opaque reference of the caller; one evidence is rewarded once per rule code,
    whatever the rule's version.  The legal changes are a table in ``domain`` and a trigger here.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    wallet = models.ForeignKey(
        Wallet, on_delete=models.PROTECT, related_name="rewards", db_index=False
    )
    rule = models.ForeignKey(
        RewardRule, on_delete=models.PROTECT, related_name="rewards", db_index=False
    )
    rule_code = models.CharField(max_length=RULE_CODE_CHARS)  # the rule's own, checked by a key
    quantity = models.SmallIntegerField(db_default=1)
    points = models.IntegerField()  # the rule's, times the quantity
    evidence = models.UUIDField()
    channel = models.CharField(max_length=16, choices=[(channel, channel) for channel in Channel])
    state = models.CharField(max_length=8, choices=[(state, state) for state in RewardState])
    void_reason = models.CharField(max_length=40, db_default="")
    pending_entry = models.ForeignKey(
        JournalEntry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_entry = models.ForeignKey(
        JournalEntry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    # When it posts by itself, unless decided before or under review; null: a person decides.
    posts_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["evidence", "rule_code"], name="reward_once_per_evidence"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=MAX_POINTS_PER_ENTRY),
                name="reward_points_bounded",
            ),
            models.CheckConstraint(
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY),
                name="reward_quantity_bounded",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RewardState.PENDING,
                    pending_entry__isnull=False,
                    decided_at__isnull=True,
                    decided_entry__isnull=True,
                )
                | Q(
                    state=RewardState.POSTED,
                    decided_at__isnull=False,
                    decided_entry__isnull=False,
                )
                | Q(
                    state=RewardState.VOIDED,
                    pending_entry__isnull=False,
                    decided_at__isnull=False,
                    decided_entry__isnull=False,
                ),
                name="reward_entries_fit_state",
            ),
        ]
        indexes = [
            # What a wallet has earned under a rule lately: its caps.
            models.Index(fields=["wallet", "rule_code", "created_at"], name="reward_caps"),
            models.Index(
                fields=["posts_at"],
                name="reward_due",
                condition=Q(state=RewardState.PENDING, posts_at__isnull=False),
            ),
        ]
