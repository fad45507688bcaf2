"""When people answer, as supervisors set it; who changed what stands in ``case_admin``.

Times are Europe/Paris.  Both times empty: closed.  A closing time of midnight is the day's end.
"""

from datetime import time

from django.db import models
from django.db.models import F, Q

_MIDNIGHT = time(0)
_IN_ORDER = Q(opens_at=None, closes_at=None) | (
    Q(opens_at__isnull=False, closes_at__isnull=False)
    & (Q(closes_at__gt=F("opens_at")) | Q(closes_at=_MIDNIGHT))
)


class DayKind(models.IntegerChoices):
    """The weekdays as ``date.weekday`` counts them, then public holidays, whatever their day."""

    MONDAY = 0, "Lundi"
    TUESDAY = 1, "Mardi"
    WEDNESDAY = 2, "Mercredi"
    THURSDAY = 3, "Jeudi"
    FRIDAY = 4, "Vendredi"
    SATURDAY = 5, "Samedi"
    SUNDAY = 6, "Dimanche"
    HOLIDAY = 7, "Jours fériés"


class DeskDay(models.Model):
    """A kind of day; eight rows that are always there (``desk_hours_load``)."""

    kind = models.PositiveSmallIntegerField(
        primary_key=True, choices=DayKind.choices, editable=False
    )
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind"]
        default_permissions = ()
        permissions = [("change_hours", "Peut changer les horaires d’accueil")]
        constraints = [models.CheckConstraint(name="desk_day_in_order", condition=_IN_ORDER)]


class DeskException(models.Model):
    """Other hours on some days, or none; it goes before the week and before holidays.

    ``first_day`` and ``last_day`` are both included.  ``reason`` is read by residents.
    """

    first_day = models.DateField()
    last_day = models.DateField()
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    reason = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        ordering = ["first_day", "id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="desk_exception_in_order", condition=_IN_ORDER),
            models.CheckConstraint(
                name="desk_exception_days", condition=Q(last_day__gte=F("first_day"))
            ),
        ]
        indexes = [models.Index(fields=["last_day"], name="desk_exception_last")]
