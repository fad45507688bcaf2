"""What supervisors say about rewards and sorting, and what was computed from it.

Everything but ``Effect`` is append-only, enforced by the database: a change is a new row with who
made it, and the newest counts.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from agent_console.places.models import Commune

WEEKS_MIN, WEEKS_MAX = 8, 52
KILOGRAMS_MAX = 10_000_000  # of one commune and week; more is a typing error
CENTS_MAX = 10_000_000_000
SITE_CHARS = 80  # as collectors send them


class Study(models.Model):
    """Rewards began on ``began_on`` in ``rewarded``; ``compared`` are to show what would have been.

    ``ended_on``: the last day of rewards, none while they go on.  ``weeks`` are looked at on each
    side.  A change is a row that ``replaces`` another; one that is ``withdrawn`` ends the line.
    """

    began_on = models.DateField()
    ended_on = models.DateField(null=True)
    rewarded = ArrayField(models.CharField(max_length=5))
    compared = ArrayField(models.CharField(max_length=5))
    weeks = models.PositiveSmallIntegerField()
    is_withdrawn = models.BooleanField(default=False)
    replaces = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="replaced_by"
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-began_on", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")),
                name="study_ends_after_its_beginning",
            ),
            models.CheckConstraint(
                condition=Q(weeks__gte=WEEKS_MIN, weeks__lte=WEEKS_MAX), name="study_weeks_range"
            ),
            models.CheckConstraint(
                condition=~Q(rewarded__overlap=F("compared")), name="study_groups_apart"
            ),
        ]


class Volume(models.TextChoices):
    """What sorting is measured by."""

    TONNAGE = "tonnage", "Tonnage collecté"
    DEPOSITS = "deposits", "Objets déposés avec une carte"


class Phase(models.TextChoices):
    """What is compared with the weeks before rewards."""

    DURING = "during", "Pendant les récompenses"
    AFTER = "after", "Après leur arrêt"


class Effect(models.Model):
    """What came out of a study, as a job computed it; or the ``code`` of why nothing did.

    Percent of the volume that would have been; ``low`` to ``high`` is the interval of 95 %.
    ``left_out``: communes of either group without what it takes, by ``insee`` → why.
    """

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="effects")
    volume = models.CharField(max_length=8, choices=Volume.choices)
    phase = models.CharField(max_length=6, choices=Phase.choices)
    code = models.CharField(max_length=16, blank=True)
    percent = models.FloatField(null=True)
    low = models.FloatField(null=True)
    high = models.FloatField(null=True)
    rewarded = models.PositiveSmallIntegerField(default=0)
    compared = models.PositiveSmallIntegerField(default=0)
    weeks_before = models.PositiveSmallIntegerField(default=0)
    weeks_after = models.PositiveSmallIntegerField(default=0)
    left_out = models.JSONField(default=dict)
    computed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["study", "volume", "phase"], name="effect_once"),
            models.CheckConstraint(
                condition=Q(code="", percent__isnull=False, low__isnull=False, high__isnull=False)
                | ~Q(code="") & Q(percent=None, low=None, high=None),
                name="effect_or_why_not",
            ),
        ]


class WeekTonnage(models.Model):
    """What was collected in a commune in the week that begins on ``week``, a Monday."""

    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    week = models.DateField()
    kilograms = models.PositiveIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        indexes = [models.Index(fields=["commune", "week", "-id"], name="tonnage_newest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(week__iso_week_day=1, kilograms__lte=KILOGRAMS_MAX),
                name="tonnage_of_a_week",
            )
        ]


class SiteCommune(models.Model):
    """In which commune the containers stand that a collector calls ``site``."""

    site = models.CharField(max_length=SITE_CHARS)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]


class YearSpending(models.Model):
    """What the operation cost in a year, in cents excluding tax."""

    year = models.PositiveSmallIntegerField()
    cents = models.PositiveBigIntegerField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__lte=CENTS_MAX), name="spending_range")
        ]
