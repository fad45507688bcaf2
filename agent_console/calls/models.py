"""Calls of residents and what becomes of them; numbers stay with their contact points, sealed."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.conversations.models import Conversation

from .talk_models import CallEvent, CallEventKind, Interpreter, Leg, LegRole
from .workflow import CallBackAct, CallBackState, CallState

__all__ = [
    "Announcement",
    "AnnouncementKind",
    "Call",
    "CallBack",
    "CallBackReason",
    "CallBackStep",
    "CallEvent",
    "CallEventKind",
    "DeskPhone",
    "Interpreter",
    "Leg",
    "LegRole",
    "Recording",
    "RecordingAnswer",
]


class CallBackReason(models.TextChoices):
    """Why somebody is called instead of being answered."""

    ASKED = "asked", "Demandé à l’assistant"
    CLOSED = "closed", "L’accueil était fermé"
    LONG_WAIT = "long_wait", "L’attente était longue"
    NOBODY = "nobody", "Aucun conseiller n’a pu répondre"
    NOT_UNDERSTOOD = "not_understood", "L’assistant n’a pas compris"
    HALF_MADE = "half_made", "A raccroché avant la fin d’une démarche"


class CallBack(models.Model):
    """Somebody whom an operator is to call; one open request for each number.

    ``contact_point`` is where to call, ``conversation`` what was said before.  ``request_key``
    makes it happen once and ``request_digest`` tells another request under the same key.
    ``number_digest`` is the contact's, equal for every way a number is used.  ``call_from``: when
    the desk was to be open at the latest when it was asked for.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="+")
    number_digest = models.BinaryField(max_length=32, editable=False)
    conversation = models.ForeignKey(
        Conversation, null=True, on_delete=models.SET_NULL, related_name="call_backs"
    )
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    reason = models.CharField(max_length=16, choices=CallBackReason.choices)
    state = models.CharField(
        max_length=12, choices=CallBackState.choices, default=CallBackState.WAITING
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    call_from = models.DateTimeField()
    request_key = models.CharField(max_length=160, unique=True)
    request_digest = models.BinaryField(max_length=32, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        default_permissions = ()
        permissions = [("take_calls", "Peut prendre les appels et rappeler les habitants")]
        constraints = [
            models.UniqueConstraint(
                fields=["number_digest"],
                name="call_back_open_once",
                condition=Q(state__in=["waiting", "claimed"]),
            ),
            models.CheckConstraint(
                name="call_back_claimed_by_somebody",
                condition=~Q(state="claimed") | Q(claimed_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="call_back_open",
                condition=Q(state__in=["waiting", "claimed"]),
            )
        ]


class CallBackStep(models.Model):
    """One step of a call-back; append-only, enforced by the database.

    ``actor`` is nobody's for what the person or the telephone did; ``note`` is what the telephone
    said of an attempt (``busy``, ``no-answer`` …).
    """

    call_back = models.ForeignKey(CallBack, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField(max_length=12, choices=CallBackAct.choices)
    note = models.CharField(max_length=32, default="", blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        default_permissions = ()


class RecordingAnswer(models.TextChoices):
    """What the caller said when recording was announced."""

    NOT_ASKED = "", "Non demandé"
    ACCEPTED = "accepted", "Enregistrement annoncé et non refusé"
    REFUSED = "refused", "Enregistrement refusé"


class Call(models.Model):
    """One call of a resident, from its first second to its end.

    ``provider_id`` is the telephone company's own.  ``from_seq`` is the conversation's newest
    number when it began, ``step`` the caller's latest answer, ``heard_seq`` what they have
    certainly been told.  ``queued_at`` keeps their place also when an operator's telephone was
    not answered; ``queue_place`` is the place that they joined at (1: next).  ``take`` grows with
    each operator who takes it, so that late words of an earlier one change nothing.
    ``brought_at``: when the caller was last asked for; ``in_room_at``: since when caller and
    operator share a room of the telephone company's, whose number ``room_id`` is (empty until it
    was told); ``hold_wanted``: whether the caller is to wait there alone.  ``ended_how`` is the
    telephone's own word.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    provider_id = models.CharField(max_length=64, unique=True)
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="calls")
    state = models.CharField(max_length=12, choices=CallState.choices, default=CallState.TALKING)
    from_seq = models.PositiveBigIntegerField()
    step = models.PositiveIntegerField(default=0)
    heard_seq = models.PositiveBigIntegerField()
    queued_at = models.DateTimeField(null=True)
    queue_place = models.PositiveSmallIntegerField(default=0)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)
    take = models.PositiveSmallIntegerField(default=0)
    connected_at = models.DateTimeField(null=True)
    brought_at = models.DateTimeField(null=True)
    in_room_at = models.DateTimeField(null=True)
    room_id = models.CharField(max_length=64, default="", blank=True)
    hold_wanted = models.BooleanField(default=False)
    recording = models.CharField(
        max_length=12,
        choices=RecordingAnswer.choices,
        default=RecordingAnswer.NOT_ASKED,
        blank=True,
    )
    note = models.CharField(max_length=32, default="", blank=True)
    is_half_made = models.BooleanField(default=False)
    ended_how = models.CharField(max_length=16, default="", blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-started_at"]
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["queued_at"],
                name="call_waiting",
                condition=Q(state__in=["waiting", "ringing"]),
            ),
            models.Index(
                fields=["taken_at"], name="call_taken", condition=Q(taken_at__isnull=False)
            ),
            models.Index(fields=["started_at"], name="call_live", condition=~Q(state="ended")),
        ]


class Recording(models.Model):
    """A recorded talk, while the telephone company has it: the sound is there and never here.

    ``provider_id`` is the company's own.  Without a ``call`` (its words were forgotten) it is to be
    deleted there; then the row goes too.
    """

    call = models.ForeignKey(Call, null=True, on_delete=models.SET_NULL, related_name="recordings")
    provider_id = models.CharField(max_length=64, unique=True)
    known_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()


class DeskPhone(models.Model):
    """Where an operator answers calls: at a number, sealed like every other, or in the page."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    number_sealed = models.BinaryField(null=True)
    rings_in_page = models.BooleanField(default=False)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        default_permissions = ()


class AnnouncementKind(models.TextChoices):
    CLOSED = "closed", "Fermeture"
    STRIKE = "strike", "Grève"
    STORM = "storm", "Intempéries"
    OTHER = "other", "Autre"


class Announcement(models.Model):
    """What callers are told first, from ``started_at`` until a supervisor ends it.

    ``closes_desk``: no operator answers meanwhile.  A text is never changed: another one begins.
    """

    kind = models.CharField(max_length=8, choices=AnnouncementKind.choices)
    text = models.CharField(max_length=300)
    closes_desk = models.BooleanField(default=False)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(auto_now_add=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("change_announcements", "Peut changer ce que les appelants entendent")]
        indexes = [
            models.Index(fields=["id"], name="announcement_now", condition=Q(ended_at__isnull=True))
        ]
