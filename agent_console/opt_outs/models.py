"""The history of oppositions; what holds now stands at the contact point."""

from django.conf import settings
from django.db import models

from agent_console.citizens.models import ContactPoint


class OptOutSource(models.TextChoices):
    """Who wrote it down."""

    CONSOLE = "console", "par un agent"
    SERVICE = "service", "à la demande de la personne"  # the assistant, through the API
    PERSON = "person", "par la personne"  # a word such as STOP, or a button of the channel


class OptOutChange(models.Model):
    """One change; append-only, enforced by the database.  ``actor`` is nobody's for a service."""

    contact_point = models.ForeignKey(
        ContactPoint, on_delete=models.CASCADE, related_name="opt_out_changes"
    )
    wants_news = models.BooleanField()
    source = models.CharField(max_length=8, choices=OptOutSource.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        permissions = [("change_opt_out", "Peut noter qu’une personne ne veut plus de messages")]
