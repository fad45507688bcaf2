"""Calls, and the drafts that are written during them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from agent_console.calls.models import Call as Line
from agent_console.citizens.models import Resident
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report


class NumberKind(models.TextChoices):
    """What is known of the caller's number."""

    GIVEN = "given", "Numéro connu"
    WITHHELD = "withheld", "Numéro masqué"
    UNKNOWN = "unknown", "Numéro inconnu"


class WrapCode(models.TextChoices):
    """What a call was about, chosen when it ends."""

    REPORT = "report", "Signalement enregistré"
    ATTACHED = "attached", "Rattaché à un signalement existant"
    PICKUP = "pickup", "Rendez-vous encombrants"
    FOLLOW_UP = "follow_up", "Suivi d’une demande"
    POINTS = "points", "Points et bons"
    INFORMATION = "information", "Renseignement"
    ELSEWHERE = "elsewhere", "Orienté vers un autre organisme"
    UNFINISHED = "unfinished", "Appel interrompu, à reprendre"
    NOTHING = "nothing", "Sans demande ou erreur"


class Call(models.Model):
    """One call that a colleague answers.

    The number stands sealed, to be shown to who answers, and as the digest by which calls of one
    number are found; both are null when it is withheld or unknown.  ``talked_until``: the end of
    the talk; ``ended_at``: of the work after it.  ``note`` is shown at the number's next calls.
    ``line``: the telephone call that is answered, where it came through the Metropolis' own
    number; its events time it.  ``speaker``: who of those who share the number says to be calling;
    ``speaker_is_new``: somebody else than those who are known there, who becomes a resident with
    the first request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    line = models.ForeignKey(Line, null=True, on_delete=models.SET_NULL, related_name="+")
    number_kind = models.CharField(max_length=8, choices=NumberKind.choices)
    number_sealed = models.BinaryField(null=True, editable=False)
    number_digest = models.BinaryField(max_length=32, null=True, editable=False)
    speaker = models.ForeignKey(Resident, null=True, on_delete=models.PROTECT, related_name="+")
    speaker_is_new = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    talked_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    wrap_code = models.CharField(max_length=12, choices=WrapCode.choices, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["number_digest", "-started_at"], name="call_of_number"),
            models.Index(fields=["agent", "-started_at"], name="call_of_agent"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["line", "agent"], name="call_noted_once"),
            models.CheckConstraint(
                name="call_number_as_said",
                condition=Q(
                    number_kind=NumberKind.GIVEN,
                    number_sealed__isnull=False,
                    number_digest__isnull=False,
                )
                | (
                    ~Q(number_kind=NumberKind.GIVEN)
                    & Q(number_sealed__isnull=True, number_digest__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="call_speaker_one",
                condition=Q(speaker__isnull=True) | Q(speaker_is_new=False),
            ),
            models.CheckConstraint(
                name="call_ended_in_order",
                condition=Q(ended_at__isnull=True) | Q(talked_until__isnull=False),
            ),
        ]

    @property
    def talk_seconds(self) -> int | None:
        """How long the talk was; none while it lasts."""
        if self.talked_until is None:
            return None
        return round((self.talked_until - self.started_at).total_seconds())

    @property
    def wrap_seconds(self) -> int | None:
        """How long the work after the talk was; none while it lasts."""
        if self.talked_until is None or self.ended_at is None:
            return None
        return round((self.ended_at - self.talked_until).total_seconds())


class DraftState(models.TextChoices):
    OPEN = "open", "Brouillon"
    SENT = "sent", "Envoyé"
    DISCARDED = "discarded", "Abandonné"


class Draft(models.Model):
    """One request as it is being written; its id is the key of what it becomes.

    ``fields`` maps names of the form to the values typed so far, and is emptied when it is sent.
    ``version`` grows with each save, so that two tabs don't overwrite each other unseen.
    ``report`` with ``is_attached``: the caller was counted with a report that was there already.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="drafts")
    fields = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=9, choices=DraftState.choices, default=DraftState.OPEN)
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    is_attached = models.BooleanField(default=False)
    booking = models.ForeignKey(Booking, null=True, on_delete=models.PROTECT, related_name="+")
    is_confirmed_by_sms = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    saved_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        indexes = [models.Index(fields=["state", "saved_at"], name="draft_by_state")]
        constraints = [
            models.CheckConstraint(
                name="draft_sent_somewhere",
                condition=Q(state="sent", report__isnull=False, booking__isnull=True)
                | Q(state="sent", report__isnull=True, booking__isnull=False)
                | (~Q(state="sent") & Q(report__isnull=True, booking__isnull=True)),
            )
        ]

    @property
    def title(self) -> str:
        """The first words of what the caller said."""
        said: list[str] = self.fields.get("description") or []
        return said[0][:80] if said else ""
