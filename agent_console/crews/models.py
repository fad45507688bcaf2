"""Who works for which service, whom they call, and what they sent from the field."""

from django.conf import settings
from django.db import models

from agent_console.reports.models import Report, Service


class CrewMember(models.Model):
    """A colleague who works for a service in the field; one may work for several."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="crew_services"
    )
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="crew")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "service"], name="crew_member_once")]
        permissions = [("manage_crews", "Peut composer les équipes de terrain")]


class DispatchLine(models.Model):
    """Whom the crews of a service call; without one, the Metropolis' own number."""

    service = models.OneToOneField(
        Service, primary_key=True, on_delete=models.CASCADE, related_name="dispatch_line"
    )
    phone = models.CharField(max_length=20)


class CrewAction(models.Model):
    """Something that a crew sent, under a key drawn on the phone: sent twice, it is done once.

    ``content_sha256`` is of all that was sent: another content under the same key is refused.
    Append-only, enforced by the database.
    """

    key = models.UUIDField(primary_key=True, editable=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=16)
    content_sha256 = models.BinaryField(max_length=32, editable=False)
    at = models.DateTimeField(auto_now_add=True)
