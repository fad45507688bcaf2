"""Whether points may be issued."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class IssuingStop(models.Model):
    """Issuing was stopped or resumed; the last row says which.  Append-only.

    The database refuses every mint while it is stopped.
    """

    stopped = models.BooleanField()
    reason = models.CharField(max_length=100)
    created_at = models.DateTimeField(db_default=Now())
