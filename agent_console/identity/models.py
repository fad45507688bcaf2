"""Residents who are signed in at the portal, and how others vouch for them."""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import ContactPoint, Resident
from agent_console.pickups.models import Booking
from agent_console.reports.models import Report


class SignedInBy(models.TextChoices):
    CODE = "code", "Code à usage unique"
    OPENID = "openid", "FranceConnect ou équivalent"


class PortalSession(models.Model):
    """A browser in which a resident is signed in; nothing of Django's own sessions.

    ``token_digest``: SHA-256 of the cookie's secret.  ``proved_at``/``pin_at``: the latest proofs;
    what they open, and how long, is in ``sessions.py``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="sessions")
    contact_point = models.ForeignKey(ContactPoint, null=True, on_delete=models.PROTECT)
    token_digest = models.BinaryField(max_length=32, unique=True)
    how = models.CharField(max_length=6, choices=SignedInBy.choices)
    proved_at = models.DateTimeField()
    pin_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class OpenIdSubject(models.Model):
    """Whom an OpenID provider means by a subject: a keyed digest of issuer and ``sub``.

    Names, birth dates and whatever else a provider tells are never kept.
    """

    digest = models.BinaryField(max_length=32, unique=True)
    resident = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="openid_subjects")
    acr = models.CharField(max_length=32, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)


class CaseMove(models.Model):
    """A report or a pickup that turned out to be of somebody else who uses the same contact."""

    report = models.ForeignKey(Report, null=True, on_delete=models.CASCADE, related_name="+")
    booking = models.ForeignKey(Booking, null=True, on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Resident, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(report__isnull=True) ^ models.Q(booking__isnull=True),
                name="case_move_of_one",
            )
        ]
