"""Until when a report should be dealt with, and who is woken for dangers."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from agent_console.places.models import Commune

from .taxonomy import Category, Clock


class Weekday(models.IntegerChoices):
    MONDAY = 0, "Lundi"
    TUESDAY = 1, "Mardi"
    WEDNESDAY = 2, "Mercredi"
    THURSDAY = 3, "Jeudi"
    FRIDAY = 4, "Vendredi"
    SATURDAY = 5, "Samedi"
    SUNDAY = 6, "Dimanche"


class ServiceHours(models.Model):
    """When the services work on a weekday, Europe/Paris; both empty: closed."""

    weekday = models.PositiveSmallIntegerField(
        primary_key=True, choices=Weekday.choices, editable=False
    )
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["weekday"]
        constraints = [
            models.CheckConstraint(
                name="service_hours_in_order",
                condition=Q(opens_at=None, closes_at=None)
                | Q(opens_at__isnull=False, closes_at__gt=F("opens_at")),
            )
        ]


class DeadlineOverride(models.Model):
    """Another deadline for a category in one commune; one for Marseille holds in its districts."""

    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="deadlines")
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE)
    clock = models.CharField(max_length=8, choices=Clock.choices)
    target_hours = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["category", "commune"], name="deadline_override_once")
        ]


class OnCallSettings(models.Model):
    """How people on call are woken; one row, which a supervisor edits."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    repeat_minutes = models.PositiveSmallIntegerField(default=10)
    levels = models.PositiveSmallIntegerField(default=3)

    class Meta:
        constraints = [models.CheckConstraint(name="oncall_one_row", condition=Q(id=1))]


class OnCallPage(models.Model):
    """A danger that somebody must take up; it is repeated until a person says that they do.

    ``level`` grows with each repetition.  It ends when somebody acknowledges it, or by itself when
    the report is closed (then without a person).
    """

    report = models.ForeignKey("reports.Report", on_delete=models.PROTECT, related_name="pages")
    level = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["report"], name="page_open_once", condition=Q(ended_at=None)
            )
        ]
        indexes = [models.Index(fields=["next_at"], name="page_due", condition=Q(ended_at=None))]
        permissions = [("acknowledge_page", "Peut prendre en charge une alerte d’astreinte")]
