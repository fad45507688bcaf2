"""What the reading of a report's words by a program found."""

from django.db import models

from .report import Report


class ReportScreening(models.Model):
    """A report whose words were read: from then on the report holds what may be shown.

    ``description``, ``place``, ``address`` and ``answers`` (a question's code → words) are what was
    sent, kept only where something was hidden; ``kinds`` names what (``agent_console.masking``).
    """

    report = models.OneToOneField(Report, on_delete=models.CASCADE, related_name="screening")
    kinds = models.JSONField(default=list)
    names_somebody = models.BooleanField()
    description = models.TextField(blank=True)
    place = models.CharField(max_length=200, blank=True)
    address = models.CharField(max_length=200, blank=True, db_default="")
    answers = models.JSONField(default=dict, db_default={})
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        permissions = [
            ("read_original_text", "Peut lire un signalement tel qu’il a été écrit"),
        ]

    @property
    def is_masked(self) -> bool:
        """True when something was hidden."""
        return bool(self.kinds)
