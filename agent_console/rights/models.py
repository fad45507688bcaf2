"""What was done about somebody's data, and what the wallet still has to hear."""

import uuid

from django.conf import settings
from django.db import models

from agent_console.citizens.models import ChannelCode


class ActKind(models.TextChoices):
    """What was done."""

    SEEN = "seen", "Données consultées"
    TAKEN = "taken", "Copie remise"
    CORRECTED = "corrected", "Données corrigées"
    ERASED = "erased", "Données effacées"


class RightsAct(models.Model):
    """One act about a person's data; append-only.

    ``resident``: the person's number, which nobody is behind once they are erased: no foreign key,
    because the act outlives what it was about.  ``actor``: a colleague; null: the person.
    """

    resident = models.UUIDField(db_index=True, editable=False)
    kind = models.CharField(max_length=9, choices=ActKind.choices)
    channel = models.CharField(max_length=16, choices=ChannelCode.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        permissions = [
            ("see_personal_data", "Peut consulter et remettre les données d’un citoyen"),
            ("erase_resident", "Peut effacer les données d’un citoyen à sa demande"),
            ("view_register", "Peut consulter la page du délégué à la protection des données"),
        ]


class ErrandKind(models.TextChoices):
    """What stands outside this database and has to follow an erasure."""

    WALLET = "wallet", "Fermer un porte-monnaie"
    TALK = "talk", "Effacer la mémoire de l’assistant"


class Errand(models.Model):
    """Something to forget elsewhere, until it is done: then the row goes.

    ``subject``: the wallet's or the conversation's number; of the person there is nothing here.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=6, choices=ErrandKind.choices)
    subject = models.UUIDField(editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="errand_once")]
