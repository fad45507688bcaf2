"""Who else has the problem of a report and follows it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agent_console.citizens.models import ChannelCode, Resident
from agent_console.conversations.models import Conversation

from .report import Report
from .reward import RewardState


class Support(models.Model):
    """Somebody's support of a report: one row per resident, or per conversation of nobody known.

    ``conversation`` is where news of the report are told; null: a caller whom nothing can be sent.
    ``came_from`` is the supporter's own report when an agent marked it as a duplicate of this one.
    ``ended_at``: since when it is withdrawn; supporting again opens the same row.
    ``told_up_to`` is the number of the last step of the report that was told, or that was there
    before the support.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="supports")
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.PROTECT, related_name="supports"
    )
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.PROTECT, related_name="supports"
    )
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    came_from = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    told_up_to = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["report", "resident"], name="support_once_resident"),
            models.UniqueConstraint(
                fields=["report", "conversation"], name="support_once_conversation"
            ),
        ]
        indexes = [
            models.Index(fields=["report"], name="support_active", condition=Q(ended_at=None)),
        ]

    @property
    def locale(self) -> str:
        """The language in which the supporter is spoken to."""
        return self.conversation.locale if self.conversation else "fr"


class SupportAction(models.TextChoices):
    JOINED = "joined", "Soutien"
    LEFT = "left", "Retrait"


class SupportChange(models.Model):
    """What was done with a support: append-only, enforced by the database.

    ``key`` makes a request that is sent again the same act, also after the support was withdrawn
    meanwhile; null for what no request asked for (a duplicate's author).
    """

    support = models.ForeignKey(Support, on_delete=models.PROTECT, related_name="changes")
    action = models.CharField(max_length=8, choices=SupportAction.choices)
    key = models.CharField(max_length=120, null=True, unique=True)  # noqa: DJ001 - none is no key
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]


class SupportReward(models.Model):
    """What a support earns; ``points`` are unknown until the wallet has promised them.

    ``evidence`` is all that the wallet learns: a random number of no other use.
    """

    support = models.OneToOneField(Support, on_delete=models.CASCADE, related_name="reward")
    evidence = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    points = models.PositiveIntegerField(null=True)
    state = models.CharField(
        max_length=12, choices=RewardState.choices, default=RewardState.WAITING
    )
    reward_id = models.UUIDField(null=True, editable=False)
    refusal_code = models.CharField(max_length=64, blank=True)
    updated_at = models.DateTimeField(auto_now=True)
