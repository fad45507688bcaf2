"""The hub: one conversation per contact point, messages with gapless numbers, turns, deliveries."""

import uuid
from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models

from agent_console.citizens.models import ChannelCode, ContactPoint

from .delivery_states import error_label
from .desk.models import Team, WaitingReason
from .routing.models import Offer as Offer  # where Django looks for models

# French stems of words without their accents (migration 0060).
SEARCH_CONFIG = "conversations_french"


class Handler(models.TextChoices):
    """Who answers: Rasa is not called while an agent does."""

    BOT = "bot", "Assistant"
    AGENT = "agent", "Agent"


class Conversation(models.Model):
    """Everything said with one contact point.

    ``last_seq`` is the number of the newest message.  ``fence`` grows whenever the handler
    changes: a reply computed under an older fence is discarded.  ``blocked_at``: since when what
    comes from there is neither kept nor answered.

    ``holder`` is the agent who answers.  ``waiting_since``: since when the person waits for the
    word of one; without a holder they stand in the queue, of ``team`` where it was handed to one.
    ``told_waiting_at``: when they were told that nobody could answer yet.

    ``changed_in`` is the number of the transaction that last changed what lists show of it, kept by
    triggers (migration 0070): ``desk/changes.py`` finds by it what somebody has not seen yet.
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
    blocked_at = models.DateTimeField(null=True)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="+")
    waiting_since = models.DateTimeField(null=True)
    waiting_reason = models.CharField(
        max_length=16, choices=WaitingReason.choices, default="", db_default=""
    )
    told_waiting_at = models.DateTimeField(null=True)
    changed_in = models.BigIntegerField(default=0, db_default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["-last_message_at"], name="conversation_recent"),
            models.Index(fields=["changed_in"], name="conversation_changed"),
            models.Index(
                fields=["waiting_since"],
                name="conversation_waiting",
                condition=models.Q(waiting_since__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="conversation_holder_answers",
                condition=models.Q(holder=None) | models.Q(handler="agent", team=None),
            )
        ]
        permissions = [
            ("block_conversation", "Peut bloquer un expéditeur"),
            ("answer_conversation", "Peut répondre à la place de l’assistant"),
            ("manage_desk", "Peut régler les réponses types et les équipes"),
        ]


class Author(models.TextChoices):
    CITIZEN = "citizen", "Citoyen"
    BOT = "bot", "Assistant"
    AGENT = "agent", "Agent"
    SYSTEM = "system", "Service"


class Message(models.Model):
    """One message, in or out.

    ``external_id`` makes it unique on its channel: the provider's id for what comes in, the cause
    (``turn:<id>:<n>``, ``report:<id>:validated``) for what goes out.  ``choice`` is the payload of
    the button that a citizen chose, ``text`` what they pressed or wrote to choose it.  Degrees are
    WGS 84.  ``corrects``: the message that the citizen changed afterwards.  ``agent`` wrote it.
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
    choice = models.TextField(default="", db_default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    corrects = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="+")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "seq"], name="message_seq"),
            models.UniqueConstraint(fields=["channel", "external_id"], name="message_external_id"),
            models.CheckConstraint(
                name="message_position",
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
            ),
        ]
        indexes = [GinIndex(SearchVector("text", config=SEARCH_CONFIG), name="message_words")]

    @property
    def client_id(self) -> str | None:
        """The id that the sender's own client gave, for a citizen's message."""
        return self.external_id.rpartition(":")[2] if self.author == Author.CITIZEN else None


class AttachmentState(models.TextChoices):
    WAITING = "waiting", "En cours de réception"
    STORED = "stored", "Reçue"
    REFUSED = "refused", "Non reçue"


class Received(models.Model):
    """What a provider brought and was acknowledged for, until its channel has taken it in.

    ``external_id`` makes it unique on its channel.  ``sender`` is the contact's keyed digest: what
    one sender says is taken in by ``id``.  ``sealed`` is what the channel reads, encrypted.
    """

    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    external_id = models.CharField(max_length=120)
    sender = models.BinaryField(max_length=32)
    sealed = models.BinaryField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "external_id"], name="received_once")
        ]
        indexes = [models.Index(fields=["channel", "sender", "id"], name="received_of_sender")]


class Attachment(models.Model):
    """A picture that came with a message.

    ``source`` is what its channel fetches it by (a provider's own reference, emptied once it was
    fetched).  ``photo_id`` is the stored photo, known to whoever keeps photos; ``error_code`` says
    why there is none.
    """

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=512)
    state = models.CharField(
        max_length=8, choices=AttachmentState.choices, default=AttachmentState.WAITING
    )
    photo_id = models.UUIDField(null=True, editable=False)
    error_code = models.CharField(max_length=64, default="")

    class Meta:
        ordering = ["message_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="attachment_position")
        ]
        indexes = [
            models.Index(
                fields=["message"],
                name="attachment_waiting",
                condition=models.Q(state="waiting"),
            )
        ]


class TurnState(models.TextChoices):
    WAITING = "waiting", "En attente"
    DONE = "done", "Répondu"
    DISCARDED = "discarded", "Laissé à un agent"
    FAILED = "failed", "Sans réponse"


class Turn(models.Model):
    """The assistant's work on one incoming message; its id is the key of all it causes.

    ``form``: what was half made after it (``report_form``), empty when nothing was.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="turn")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="turns")
    state = models.CharField(max_length=12, choices=TurnState.choices, default=TurnState.WAITING)
    fence = models.PositiveIntegerField()
    intent = models.CharField(max_length=64, default="")
    confidence = models.FloatField(null=True)
    form = models.CharField(max_length=64, default="", db_default="")
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
    """How far a message got; ``delivery_states.py`` says which step may follow which."""

    QUEUED = "queued", "En attente"
    SENT = "sent", "Envoyé"
    DELIVERED = "delivered", "Remis"
    READ = "read", "Lu"
    FAILED = "failed", "Échec"


class Delivery(models.Model):
    """The outbox: one row per outgoing message, made in the message's own transaction.

    ``error_code`` is one of ``DeliveryError``: why it failed, or why it is still being tried.
    ``external_id`` is the provider's own id of it; ``segments`` how many SMS it took.  A notice
    that quiet hours overtook on its way waits for ``send_at``.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="delivery")
    state = models.CharField(
        max_length=12, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    error_code = models.CharField(max_length=64, default="")
    external_id = models.CharField(max_length=64, default="", db_default="")
    segments = models.PositiveSmallIntegerField(null=True)
    send_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["message"], name="delivery_queued", condition=models.Q(state="queued")
            ),
            models.Index(
                fields=["send_at"],
                name="delivery_postponed",
                condition=models.Q(send_at__isnull=False),
            ),
            models.Index(
                fields=["external_id"],
                name="delivery_external_id",
                condition=~models.Q(external_id=""),
            ),
        ]

    @property
    def error_label(self) -> str:
        """Why it failed or waits, for an operator; empty while nothing is wrong."""
        return error_label(self.error_code)


class NoticeState(models.TextChoices):
    SENT = "sent", "Envoyé"
    SCHEDULED = "scheduled", "Attend la fin des heures calmes"
    SUPPRESSED = "suppressed", "Non envoyé : la personne ne veut plus de messages"


class Notice(models.Model):
    """Something that a citizen was to be told without having just asked.

    ``cause`` makes it happen once.  A scheduled one waits for ``send_at``; a suppressed one is
    kept so that an agent sees what the person does not know.  An urgent one knows no quiet hours.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="notices")
    cause = models.CharField(max_length=120)
    text = models.TextField()
    buttons = models.JSONField(default=list)
    state = models.CharField(max_length=12, choices=NoticeState.choices)
    is_urgent = models.BooleanField(default=False, db_default=False)
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


class Alert(models.Model):
    """Somebody may be in danger: it stays in every console page until a person takes it up.

    There is one open alert of a conversation; ``heard`` counts the messages that sounded so.
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="alerts")
    heard = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["conversation"], name="alert_open_once", condition=models.Q(ended_at=None)
            ),
            models.CheckConstraint(
                name="alert_ended_by_somebody",
                condition=models.Q(ended_at=None, acknowledged_by=None)
                | models.Q(ended_at__isnull=False, acknowledged_by__isnull=False),
            ),
        ]
        permissions = [("acknowledge_alert", "Peut prendre en charge une personne en danger")]


class SatisfactionQuestion(models.Model):
    """Somebody was asked how satisfied they are with an exchange; ``score``: 1 to 5, once said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="satisfaction_questions"
    )
    asked_at = models.DateTimeField(db_index=True)
    score = models.PositiveSmallIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="satisfaction_score_once_answered",
                condition=models.Q(score=None, answered_at=None)
                | models.Q(score__range=(1, 5), answered_at__isnull=False),
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
