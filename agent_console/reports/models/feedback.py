"""What citizens answer to "C'est réglé ?"."""

from django.db import models

from agent_console.conversations.models import Conversation

from .report import Report


class Feedback(models.Model):
    """One answer about one closing of a report; the same answer twice is one.

    ``conversation`` is null when the answer came by the receipt of a report that has none.
    """

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="feedback")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.PROTECT)
    is_solved = models.BooleanField()
    comment = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
