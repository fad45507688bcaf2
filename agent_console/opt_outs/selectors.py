"""Reads about oppositions."""

from django.db.models import QuerySet

from agent_console.citizens.models import ContactPoint

from .models import OptOutChange


def opt_out_history(*, contact_point: ContactPoint) -> QuerySet[OptOutChange]:
    """Who changed it, newest first."""
    return contact_point.opt_out_changes.select_related("actor")
