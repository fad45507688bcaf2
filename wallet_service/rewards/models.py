"""Tables of the rewards: what an action earns over time, and each reward's way to the ledger."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from wallet_service.ledger.domain import MAX_POINTS_PER_ENTRY
from wallet_service.ledger.models import JournalEntry, Wallet

from .domain import Channel, RewardState, RuleSource

RULE_CODE_CHARS = 64


class RewardRule(models.Model):
    """One version of a rule: from ``valid_from`` on, the action ``code`` earns ``points``.

    Append-only: a change is a new version.  0 points end the rule from that moment.
    """

    code = models.CharField(max_length=RULE_CODE_CHARS)
    points = models.IntegerField()
    valid_from = models.DateTimeField()
    source = models.CharField(max_length=16, choices=[(source, source) for source in RuleSource])
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="rule_one_per_moment"),
            models.CheckConstraint(
                condition=Q(points__gte=0, points__lte=MAX_POINTS_PER_ENTRY),
                name="rule_points_bounded",
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$"),
                name="rule_code_form",
            ),
        ]


class Reward(models.Model):
    """Points for one piece of evidence, pending until somebody has checked it.

    ``evidence`` is an opaque reference of the caller; one evidence is rewarded once per rule code,
    whatever the rule's version.  The legal changes are a table in ``domain`` and a trigger here.
    """

    id = models.UUIDField(primary_key=True)  # version 7: ordered by time
    wallet = models.ForeignKey(Wallet, on_delete=models.PROTECT, related_name="rewards")
    rule = models.ForeignKey(
        RewardRule, on_delete=models.PROTECT, related_name="rewards", db_index=False
    )
    rule_code = models.CharField(max_length=RULE_CODE_CHARS)  # the rule's own, checked by a key
    points = models.IntegerField()
    evidence = models.UUIDField()
    channel = models.CharField(max_length=16, choices=[(channel, channel) for channel in Channel])
    state = models.CharField(max_length=8, choices=[(state, state) for state in RewardState])
    void_reason = models.CharField(max_length=40, db_default="")
    pending_entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    decided_entry = models.ForeignKey(
        JournalEntry, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "evidence"], name="reward_once_per_evidence"
            ),
            models.CheckConstraint(
                condition=Q(points__gte=1, points__lte=MAX_POINTS_PER_ENTRY),
                name="reward_points_bounded",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=RewardState.PENDING, decided_at__isnull=True, decided_entry__isnull=True
                )
                | Q(
                    state__in=[RewardState.POSTED, RewardState.VOIDED],
                    decided_at__isnull=False,
                    decided_entry__isnull=False,
                ),
                name="reward_decided_when_not_pending",
            ),
        ]
