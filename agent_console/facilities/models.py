"""Facilities as they were imported, the imports, and the sorting rules with their history."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q

from agent_console.places.models import Commune

from .vocabulary import Accessibility, Kind, Outlet, Stream

SOURCE_CHARS_MAX = 40
EXTERNAL_ID_CHARS_MAX = 80


class Facility(models.Model):
    """A place where waste is brought; known by what its source calls it, never deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=SOURCE_CHARS_MAX)
    external_id = models.CharField(max_length=EXTERNAL_ID_CHARS_MAX)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=200, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    latitude = models.FloatField()  # degrees, WGS 84
    longitude = models.FloatField()
    opening_hours = models.CharField(max_length=255, blank=True)  # OSM syntax; empty: not known
    accepts = ArrayField(models.CharField(max_length=20, choices=Stream.choices), default=list)
    accessibility = models.CharField(
        max_length=8, choices=Accessibility.choices, default=Accessibility.UNKNOWN
    )
    phone = models.CharField(max_length=20, blank=True)
    notes = models.CharField(max_length=500, blank=True)
    is_example = models.BooleanField(default=False)
    retired_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="facility_once"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90)) & Q(longitude__range=(-180, 180)),
                name="facility_on_earth",
            ),
        ]
        indexes = [
            GistIndex(
                Func(F("longitude"), F("latitude"), function="point"),
                name="facility_position",
                condition=Q(retired_at__isnull=True),
            ),
            models.Index(
                fields=["commune", "name"],
                name="facility_commune",
                condition=Q(retired_at__isnull=True),
            ),
        ]
        permissions = [("import_facilities", "Peut importer les points de collecte")]

    def __str__(self) -> str:
        return self.name


class ImportState(models.TextChoices):
    PREVIEWED = "previewed", "À confirmer"
    APPLIED = "applied", "Importé"
    ABANDONED = "abandoned", "Abandonné"


class FacilityImport(models.Model):
    """One file: who brought it, what it would change, and what became of it.

    ``content`` is kept until the decision, so that what is confirmed is what was shown.  No actor
    means that the command did it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=SOURCE_CHARS_MAX)
    kind = models.CharField(max_length=20, choices=Kind.choices, blank=True)
    is_full = models.BooleanField(default=True)
    file_name = models.CharField(max_length=120)
    sha256 = models.BinaryField(max_length=32)
    content = models.BinaryField(null=True)
    plan_sha256 = models.BinaryField(max_length=32)
    state = models.CharField(max_length=12, choices=ImportState.choices)
    new_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    unchanged_count = models.PositiveIntegerField()
    retired_count = models.PositiveIntegerField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]


class SortingRule(models.Model):
    """Where a waste goes; ``is_local`` says that the commune has to confirm it."""

    code = models.SlugField(primary_key=True, max_length=40)
    name = models.CharField(max_length=80)
    synonyms = ArrayField(models.CharField(max_length=80), default=list)
    outlet = models.CharField(max_length=20, choices=Outlet.choices)
    advice = models.CharField(max_length=300)
    streams = ArrayField(models.CharField(max_length=20, choices=Stream.choices), default=list)
    is_local = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["name"]
        permissions = [("change_sorting", "Peut modifier les consignes de tri")]

    def __str__(self) -> str:
        return self.name


class SortingOverride(models.Model):
    """What differs from a rule in one commune."""

    rule = models.ForeignKey(SortingRule, on_delete=models.CASCADE, related_name="overrides")
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="+")
    outlet = models.CharField(max_length=20, choices=Outlet.choices)
    advice = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "commune"], name="sorting_override_once")
        ]


class SortingChange(models.Model):
    """Who changed a rule, from what to what: append-only, enforced by the database.

    ``before`` is null for what is new, ``after`` for what was taken away.
    """

    rule = models.ForeignKey(SortingRule, on_delete=models.PROTECT, related_name="changes")
    commune = models.ForeignKey(Commune, null=True, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
