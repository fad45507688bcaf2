"""Who collects where, under which rules, and what is taken: data that a supervisor edits.

``is_confirmed`` is false while a row still says what was shipped: a believable default that the
Metropolis has not confirmed.
"""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from agent_console.places.models import Commune


class Sector(models.Model):
    """Communes and arrondissements that one round serves.

    ``operator_name`` is empty where the Metropolis collects; elsewhere residents are told who does
    and at which number; without a known number, that the town hall has it.
    """

    code = models.SlugField(max_length=32, primary_key=True)
    name = models.CharField(max_length=80)
    operator_name = models.CharField(max_length=80, blank=True)
    operator_phone = models.CharField(max_length=32, blank=True)
    is_confirmed = models.BooleanField(default=False)
    communes: "models.ManyToManyField[Commune, SectorCommune]" = models.ManyToManyField(
        Commune, through="SectorCommune", related_name="+"
    )

    class Meta:
        ordering = ["name"]
        permissions = [
            ("manage_pickups", "Peut régler les encombrants (créneaux, règles, objets)"),
            ("run_crew", "Peut remplir la feuille de tournée des encombrants"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_served(self) -> bool:
        """Whether the Metropolis itself collects here."""
        return not self.operator_name


class SectorCommune(models.Model):
    """A commune is in one sector."""

    sector = models.ForeignKey(Sector, on_delete=models.CASCADE)
    commune = models.OneToOneField(Commune, on_delete=models.PROTECT, related_name="+")


class CommuneRule(models.Model):
    """How much may be booked, and when.  The row without a commune holds for all that have none."""

    commune = models.OneToOneField(
        Commune, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    max_objects = models.PositiveIntegerField()
    max_litres = models.PositiveIntegerField()
    lead_days = models.PositiveIntegerField()  # whole days between the request and the pickup
    ahead_days = models.PositiveIntegerField()  # how far ahead a date may be
    max_bookings = models.PositiveIntegerField()  # of one household within `period_days`
    period_days = models.PositiveIntegerField()
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune"], name="rule_commune", nulls_distinct=False),
            models.CheckConstraint(
                condition=models.Q(
                    max_objects__gte=1,
                    max_litres__gte=1,
                    lead_days__gte=1,
                    ahead_days__gte=models.F("lead_days"),
                    max_bookings__gte=1,
                    period_days__gte=1,
                ),
                name="rule_bounds",
            ),
        ]

    @property
    def key(self) -> str:
        """The commune's code, or ``default``."""
        return self.commune_id or "default"


class Item(models.Model):
    """An object that people name: taken, with its volume, or refused, with where it goes."""

    code = models.SlugField(max_length=40, primary_key=True)
    label_fr = models.CharField(max_length=80)
    label_en = models.CharField(max_length=80)
    synonyms = ArrayField(models.CharField(max_length=60), default=list)
    is_accepted = models.BooleanField()
    litres = models.PositiveIntegerField(null=True, blank=True)
    instead_fr = models.CharField(max_length=300, blank=True)
    instead_en = models.CharField(max_length=300, blank=True)
    is_offered = models.BooleanField(default=True)  # false: withdrawn, kept for old bookings
    is_confirmed = models.BooleanField(default=False)

    class Meta:
        ordering = ["label_fr"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_accepted=True, litres__gte=1)
                | (models.Q(is_accepted=False) & ~models.Q(instead_fr="")),
                name="item_volume_or_alternative",
            )
        ]

    def __str__(self) -> str:
        return self.label_fr

    def label(self, locale: str) -> str:
        """What it is called, French unless ``locale`` is English."""
        return self.label_en if locale.startswith("en") and self.label_en else self.label_fr

    def instead(self, locale: str) -> str:
        """Where it goes instead; empty for what is taken."""
        return self.instead_en if locale.startswith("en") and self.instead_en else self.instead_fr


class SettingChange(models.Model):
    """Who changed which setting when, from what to what: append-only, enforced by the database."""

    kind = models.CharField(max_length=16)  # sector, rule, item, pattern, slot
    key = models.CharField(max_length=64)
    label = models.CharField(max_length=120)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "key", "-id"], name="setting_change_of")]

    @property
    def differences(self) -> list[tuple[str, object, object]]:
        """``(field, before, after)`` of what is not the same."""
        before, after = self.before or {}, self.after or {}
        names = list(dict.fromkeys([*before, *after]))
        return [
            (name, before.get(name), after.get(name))
            for name in names
            if before.get(name) != after.get(name)
        ]
