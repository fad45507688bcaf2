"""Who changed which rule, when, from what to what."""

from django.conf import settings
from django.db import models


class Change(models.Model):
    """One change of one row; append-only, enforced by the database.

    ``before`` is null for what was added, ``after`` for what was removed; both map a field's name
    to its value as the forms write it.
    """

    section = models.CharField(max_length=16)
    key = models.CharField(max_length=64)
    label = models.CharField(max_length=200)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["section", "-id"], name="change_section_recent")]
        permissions = [("change_settings", "Peut changer les réglages des signalements")]
