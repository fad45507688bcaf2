"""Who a resident is, and by which ways they come.

A contact point (a browser session, later a phone number or a messaging account) is not a person:
several may share one, and a resident may have many.  A resident has at most one wallet, whose
random number is the only thing that the wallet service ever learns.
"""

import uuid

from django.db import models


class ChannelCode(models.TextChoices):
    """The channels of the shared vocabulary; the last five are recorded by an operator."""

    SMS = "sms", "SMS"
    TELEGRAM = "telegram", "Telegram"
    WEB = "web", "Site web"
    VOICE = "voice", "Appel vocal"
    PHONE = "phone", "Téléphone"
    EMAIL = "email", "Courriel"
    LETTER = "letter", "Courrier"
    COUNTER = "counter", "Guichet"
    OPEN311 = "open311", "Open311"


class Resident(models.Model):
    """One person, known only by what they did and by their contact points."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wallet_id = models.UUIDField(null=True, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [("view_wallet", "Peut consulter le solde d’un citoyen")]


class ContactPoint(models.Model):
    """One way to reach somebody; ``key_digest`` is the SHA-256 of its secret or address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    resident = models.ForeignKey(
        Resident, null=True, on_delete=models.PROTECT, related_name="contact_points"
    )
    kind = models.CharField(max_length=16, choices=ChannelCode.choices)
    key_digest = models.BinaryField(max_length=32, editable=False)
    locale = models.CharField(max_length=5, default="fr")
    opted_out_at = models.DateTimeField(null=True)  # since when nothing unasked may be sent
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key_digest"], name="contact_point_key")
        ]
