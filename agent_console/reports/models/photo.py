"""Photos that show what a report is about, before and after."""

from django.db import models
from django.db.models import Q

from agent_console.photos.models import Photo

from .report import Report

CITIZEN_PHOTOS_MAX = 5
CREW_PHOTOS_MAX = 20


class PhotoKind(models.TextChoices):
    CITIZEN = "citizen", "Photo du citoyen"
    BEFORE = "before", "Avant intervention"
    AFTER = "after", "Après intervention"


class ReportPhoto(models.Model):
    """One photo of one report, at a place of its own among those of its kind (from 0).

    Places are bounded in the database: nobody's haste adds a sixth photo of a citizen.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="photos")
    photo = models.OneToOneField(Photo, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=PhotoKind.choices)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["kind", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["report", "kind", "position"], name="report_photo_position"
            ),
            models.CheckConstraint(
                condition=Q(kind="citizen", position__lt=CITIZEN_PHOTOS_MAX)
                | Q(kind__in=["before", "after"], position__lt=CREW_PHOTOS_MAX),
                name="report_photo_count",
            ),
        ]
