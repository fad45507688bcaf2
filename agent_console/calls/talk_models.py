"""Who is on a call beside the caller, what happened during it, and the interpreters."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from .talk_workflow import LIVE_LEGS, LegState


class LegRole(models.TextChoices):
    """What somebody does on a call: answers it, is asked before it is passed on, interprets."""

    OPERATOR = "operator", "Conseiller"
    COLLEAGUE = "colleague", "Collègue consulté"
    INTERPRETER = "interpreter", "Interprète"


class Interpreter(models.Model):
    """Who can be called into a talk, by language; the number is sealed like every other.

    One who is no longer called stays, for the history.
    """

    language = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    number_sealed = models.BinaryField()
    is_active = models.BooleanField(default=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["language", "name"]
        default_permissions = ()
        permissions = [("change_interpreters", "Peut changer la liste des interprètes")]


class Leg(models.Model):
    """One telephone that rings for a call and joins its room, beside the caller's.

    ``user`` is nobody while a transfer is offered to every colleague.  ``provider_id`` is the
    telephone company's number of the leg, empty until it is known; a second one of the same leg is
    hung up, so that a telephone that was asked to ring twice joins once.  ``take`` is the call's
    when an operator took it.  ``is_told_to_end``: what the company was told last about the leg,
    whether the room closes when it leaves.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="legs")
    role = models.CharField(max_length=12, choices=LegRole.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    interpreter = models.ForeignKey(
        Interpreter, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=8, choices=LegState.choices)
    take = models.PositiveSmallIntegerField(default=0)
    provider_id = models.CharField(max_length=64, default="", blank=True)
    is_told_to_end = models.BooleanField(default=False)
    ended_how = models.CharField(max_length=32, default="", blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["created_at"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["call", "role"],
                name="leg_live_once",
                condition=Q(state__in=LIVE_LEGS),
            ),
            models.UniqueConstraint(
                fields=["provider_id"], name="leg_of_provider", condition=~Q(provider_id="")
            ),
            models.CheckConstraint(
                name="leg_of_somebody",
                condition=Q(role="interpreter", interpreter__isnull=False, user__isnull=True)
                | Q(role="operator", interpreter__isnull=True, user__isnull=False)
                | (
                    Q(role="colleague", interpreter__isnull=True)
                    & (Q(user__isnull=False) | Q(state__in=["offered", "ended"]))
                ),
            ),
        ]


class CallEventKind(models.TextChoices):
    """What happened during a talk, as the timers and the history count it."""

    CONNECTED = "connected", "Mis en relation"
    HELD = "held", "Mis en attente"
    RESUMED = "resumed", "Repris"
    CONSULTED = "consulted", "Collègue en ligne"
    TRANSFERRED = "transferred", "Transféré"
    TAKEN_BACK = "taken_back", "Repris après consultation"
    INTERPRETED = "interpreted", "Interprète en ligne"
    INTERPRETER_LEFT = "left", "Interprète parti"
    ENDED = "ended", "Terminé"


class CallEvent(models.Model):
    """One moment of a talk; never changed, which the database enforces, and gone with its call.

    ``actor`` is the operator who has the call from then on (connected, transferred) or who did it.
    """

    call = models.ForeignKey("calls.Call", on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=CallEventKind.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
