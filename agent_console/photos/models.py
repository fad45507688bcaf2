"""Photos as they are stored, and what they look like."""

import uuid

from django.db import models


class Uploader(models.TextChoices):
    """Who sent a photo; never which person."""

    CITIZEN = "citizen", "Citoyen"
    STAFF = "staff", "Agent"


class PhotoState(models.TextChoices):
    """``storing`` and ``removing`` frame the work on files, so that no file is without its row."""

    STORING = "storing", "En cours d’enregistrement"
    STORED = "stored", "Enregistrée"
    REMOVING = "removing", "En cours de suppression"


class PhotoLook(models.Model):
    """The look (``look.py``) of the first of the photos that show the same.

    ``bits`` is that unsigned number as PostgreSQL's signed one.
    """

    bits = models.BigIntegerField(unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)


class Photo(models.Model):
    """A picture redrawn from pixels, and a small one to show in lists.

    ``name`` and ``thumbnail_name`` are random and say nothing, not even each other or the row;
    ``sha256`` is the stored file's.  ``upload_key`` is the idempotency key it was sent with, empty
    without one and when another attempt with the same key replaced one that ended half way.
    ``claimed_by`` is the case that the photo belongs to: only that case's app knows what the number
    means.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80, unique=True, editable=False)
    thumbnail_name = models.CharField(max_length=80, unique=True, editable=False)
    sha256 = models.BinaryField(max_length=32, editable=False)
    look = models.ForeignKey(PhotoLook, null=True, on_delete=models.PROTECT, related_name="photos")
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    size_bytes = models.PositiveIntegerField()
    upload_key = models.CharField(max_length=120, blank=True, default="", editable=False)
    uploader = models.CharField(max_length=8, choices=Uploader.choices)
    state = models.CharField(
        max_length=8, choices=PhotoState.choices, default=PhotoState.STORING, editable=False
    )
    claimed_by = models.UUIDField(null=True, editable=False)
    claimed_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(claimed_by__isnull=True, claimed_at__isnull=True)
                | models.Q(claimed_by__isnull=False, claimed_at__isnull=False),
                name="photo_claimed_at_a_time",
            ),
            models.CheckConstraint(
                condition=models.Q(claimed_by__isnull=True) | ~models.Q(state="storing"),
                name="photo_claimed_when_stored",
            ),
            models.UniqueConstraint(
                fields=["upload_key"],
                name="photo_upload_key_once",
                condition=~models.Q(upload_key=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                name="photo_unclaimed",
                condition=models.Q(claimed_by__isnull=True),
            ),
            models.Index(
                fields=["claimed_by"],
                name="photo_of_case",
                condition=models.Q(claimed_by__isnull=False),
            ),
            models.Index(
                fields=["id"], name="photo_removing", condition=models.Q(state="removing")
            ),
        ]
