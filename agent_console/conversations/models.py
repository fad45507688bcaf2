"""The hub: one conversation per contact point, messages with gapless numbers, turns, deliveries."""

import uuid
from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models

from agent_console.citizens.models import ChannelCode, ContactPoint


class Handler(models.TextChoices):
    """Who answers: Rasa is not called while an agent does."""

    BOT = "bot", "Assistant"
    AGENT = "agent", "Agent"


class Conversation(models.Model):
    """Everything said with one contact point.

    ``last_seq`` is the number of the newest message.  ``fence`` grows whenever the handler
    changes: a reply computed under an older fence is discarded.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_point = models.OneToOneField(
        ContactPoint, on_delete=models.PROTECT, related_name="conversation"
    )
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    locale = models.CharField(max_length=5, default="fr")
    handler = models.CharField(max_length=8, choices=Handler.choices, default=Handler.BOT)
    fence = models.PositiveIntegerField(default=0)
    last_seq = models.PositiveBigIntegerField(default=0)
    last_message_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["-last_message_at"], name="conversation_recent")]


class Author(models.TextChoices):
    CITIZEN = "citizen", "Citoyen"
    BOT = "bot", "Assistant"
    AGENT = "agent", "Agent"
    SYSTEM = "system", "Service"


class Message(models.Model):
    """One message, in or out.

    ``external_id`` makes it unique on its channel: the provider's id for what comes in, the cause
    (``turn:<id>:<n>``, ``report:<id>:validated``) for what goes out.
    """

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    seq = models.PositiveBigIntegerField()
    author = models.CharField(max_length=8, choices=Author.choices)
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    external_id = models.CharField(max_length=128)
    text = models.TextField()
    buttons = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(fields=["channel", "external_id"], name="message_external_id"),
        ]

    @property
    def client_id(self) -> str | None:
        """The id that the sender's own client gave, for a citizen's message."""
        return self.external_id.rpartition(":")[2] if self.author == Author.CITIZEN else None


class TurnState(models.TextChoices):
    WAITING = "waiting", "En attente"
    DONE = "done", "Répondu"
    DISCARDED = "discarded", "Laissé à un agent"
    FAILED = "failed", "Sans réponse"


class Turn(models.Model):
    """The assistant's work on one incoming message; its id is the key of all it causes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="turn")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    state = models.CharField(max_length=12, choices=TurnState.choices, default=TurnState.WAITING)
    fence = models.PositiveIntegerField()
    intent = models.CharField(max_length=64, default="")
    confidence = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["conversation", "message"],
                name="turn_waiting",
                condition=models.Q(state="waiting"),
            )
        ]


class DeliveryState(models.TextChoices):
    QUEUED = "queued", "En attente"
    SENT = "sent", "Envoyé"
    DELIVERED = "delivered", "Remis"
    FAILED = "failed", "Échec"


class Delivery(models.Model):
    """The outbox: one row per outgoing message, made in the message's own transaction."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=64, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["message"], name="delivery_queued", condition=models.Q(state="queued")
            )
        ]


class NoticeState(models.TextChoices):
    SENT = "sent", "Envoyé"
    SCHEDULED = "scheduled", "Attend la fin des heures calmes"
    SUPPRESSED = "suppressed", "Non envoyé : la personne ne veut plus de messages"


class Notice(models.Model):
    """Something that a citizen was to be told without having just asked.

    ``cause`` makes it happen once.  A scheduled one waits for ``send_at``; a suppressed one is
    kept so that an agent sees what the person does not know.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notices")
    cause = models.CharField(max_length=120)
    text = models.TextField()
    buttons = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=NoticeState.choices)
    send_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "cause"], name="notice_cause"),
        ]
        indexes = [
            models.Index(
                fields=["send_at"], name="notice_due", condition=models.Q(state="scheduled")
            )
        ]


def _silent_channels() -> list[str]:
    return [ChannelCode.WEB]


class QuietHours(models.Model):
    """When notices don't ring at people's homes; one row, which a supervisor edits.

    Times are Europe/Paris; the quiet hours begin at ``starts_at`` and end at ``ends_at``, usually
    the next morning (both the same: no quiet hours by day).  ``silent_channels`` ring nowhere (a
    page that is open or is not), so what comes there is never held back.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    starts_at = models.TimeField(default=time(21, 0))
    ends_at = models.TimeField(default=time(8, 0))
    are_sundays_quiet = models.BooleanField(default=True)
    are_holidays_quiet = models.BooleanField(default=True)
    silent_channels = ArrayField(
        models.CharField(max_length=16, choices=ChannelCode.choices),
        default=_silent_channels,
        blank=True,
    )

    class Meta:
        constraints = [models.CheckConstraint(name="quiet_hours_one_row", condition=models.Q(id=1))]
