"""Slots that can be booked, and the weekly patterns that open them."""

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from .settings import Sector


class Window(models.TextChoices):
    """Half a day."""

    MORNING = "morning", "le matin (8 h – 12 h)"
    AFTERNOON = "afternoon", "l’après-midi (13 h – 17 h)"


class CapacityUnit(models.TextChoices):
    BOOKINGS = "bookings", "rendez-vous"
    OBJECTS = "objects", "objets"


class Pattern(models.Model):
    """A recurring rule: these weekdays, every ``interval_weeks``, public holidays left out."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="patterns")
    weekdays = ArrayField(models.PositiveSmallIntegerField())  # 0 is Monday
    interval_weeks = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    window = models.CharField(max_length=9, choices=Window.choices)
    capacity = models.PositiveIntegerField()
    unit = models.CharField(max_length=8, choices=CapacityUnit.choices)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["sector__name", "starts_on"]


class Slot(models.Model):
    """Places of one sector on half a day.

    ``used`` counts what bookings hold, in ``unit``.  It changes under the row's lock, and the
    database refuses more than ``capacity``: two people can't take the last place.
    """

    sector = models.ForeignKey(Sector, on_delete=models.PROTECT, related_name="slots")
    day = models.DateField()
    window = models.CharField(max_length=9, choices=Window.choices)
    capacity = models.PositiveIntegerField()
    unit = models.CharField(max_length=8, choices=CapacityUnit.choices)
    used = models.PositiveIntegerField(default=0)
    is_open = models.BooleanField(default=True)
    pattern = models.ForeignKey(Pattern, null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        ordering = ["day", "-window"]
        constraints = [
            models.UniqueConstraint(fields=["sector", "day", "window"], name="slot_once"),
            models.CheckConstraint(condition=Q(used__lte=F("capacity")), name="slot_not_overfull"),
        ]

    @property
    def left(self) -> int:
        """Free places, in ``unit``."""
        return self.capacity - self.used

    @property
    def percent(self) -> int:
        """How full it is, 0 to 100."""
        return self.used * 100 // self.capacity if self.capacity else 100

    def size_of(self, objects: int) -> int:
        """What a booking of so many objects takes."""
        return objects if self.unit == CapacityUnit.OBJECTS else 1

    def is_past(self, today: date) -> bool:
        """Whether nothing can be booked because the day is over or under way."""
        return self.day <= today
