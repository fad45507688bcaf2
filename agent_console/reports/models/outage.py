"""A big outage: one report that stands for many, what people are told, and its reports."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from agent_console.places.models import Commune

from .report import Report, Transition
from .taxonomy import Category

MESSAGE_CHARS_MAX = 300


class Outage(models.Model):
    """Declared from ``parent``; it is on while ``ended_at`` is null.

    It covers reports of its category's family in its communes (a city holds its arrondissements).
    ``message_en`` may be empty: French is said then.  ``version`` grows with every change.
    ``closing`` is the step by which its end closed the parent.
    """

    parent = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="outages")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    communes = models.ManyToManyField(Commune, related_name="+")
    message_fr = models.CharField(max_length=MESSAGE_CHARS_MAX)
    message_en = models.CharField(max_length=MESSAGE_CHARS_MAX, blank=True)
    expected_end = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    declared_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    closing = models.ForeignKey(Transition, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        permissions = [("manage_outages", "Peut déclarer une panne et clore ses signalements")]
        constraints = [
            models.UniqueConstraint(
                fields=["parent"], condition=Q(ended_at=None), name="outage_one_of_a_report"
            )
        ]
        indexes = [
            models.Index(fields=["category"], name="outage_on", condition=Q(ended_at=None)),
        ]

    def get_absolute_url(self) -> str:
        """Its page in the console."""
        return reverse("console:outage", args=[self.pk])

    def message(self, locale: str) -> str:
        """What people are told, in French where there is no English."""
        return self.message_en if locale == "en" and self.message_en else self.message_fr


class OutageReport(models.Model):
    """A report that belongs to an outage until ``detached_at``, which is the outage's own end for
    those that were part of it till then.

    No ``actor``: it was attached as it came in.  ``closing`` is the step by which the outage's end
    closed it, so that a mistaken end takes back what it did and nothing else.
    """

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="links")
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="outage_links")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    attached_at = models.DateTimeField(auto_now_add=True)
    detached_at = models.DateTimeField(null=True)
    closing = models.ForeignKey(Transition, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], condition=Q(detached_at=None), name="outage_one_for_a_report"
            )
        ]


class OutageAct(models.TextChoices):
    DECLARED = "declared", "Déclarée"
    CHANGED = "changed", "Changée"
    ATTACHED = "attached", "Signalement rattaché"
    DETACHED = "detached", "Signalement détaché"
    CLOSED = "closed", "Close avec ses signalements"
    REOPENED = "reopened", "Clôture annulée"


class OutageChange(models.Model):
    """One act on an outage; append-only, enforced by the database.  No ``actor``: as it came in."""

    outage = models.ForeignKey(Outage, on_delete=models.PROTECT, related_name="changes")
    act = models.CharField(max_length=8, choices=OutageAct.choices)
    report = models.ForeignKey(Report, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.CharField(max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
