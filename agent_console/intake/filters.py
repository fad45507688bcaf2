"""The inbox's filters, as they stand in an address."""

from __future__ import annotations

import uuid
from datetime import datetime
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from agent_console.places.models import Commune
from agent_console.reports.models import Report, Service
from agent_console.reports.selectors import ReportFilter
from agent_console.reports.workflow import State

LATE = "late"  # in ``state``: open, and past its deadline


class InboxFilterForm(forms.Form):
    """What does not fit is left out: an address from yesterday still shows a list."""

    state = forms.ChoiceField(
        required=False, choices=[("", ""), (LATE, "En retard"), *State.choices]
    )
    service = forms.ModelChoiceField(
        label="Service",
        required=False,
        queryset=Service.objects.order_by("label"),
        empty_label="Tous",
    )
    commune = forms.ModelChoiceField(
        label="Commune",
        required=False,
        queryset=Commune.objects.order_by("search_name"),
        empty_label="Toutes",
    )
    before = forms.CharField(required=False, max_length=80)

    def chosen(self) -> ReportFilter:
        """The filter in force."""
        self.is_valid()
        asked = self.cleaned_data
        state = asked.get("state") or ""
        service, commune = asked.get("service"), asked.get("commune")
        return ReportFilter(
            state="" if state == LATE else state,
            service=service.pk if service else "",
            commune=commune.pk if commune else "",
            late_at=timezone.now() if state == LATE else None,
            before=_cursor_read(asked.get("before") or ""),
        )

    def query(self, *, before: Report | None = None, **changed: str) -> str:
        """The address's query for the same filters, with some changed, from the first page on."""
        service, commune = self.cleaned_data.get("service"), self.cleaned_data.get("commune")
        values = {
            "state": self.cleaned_data.get("state") or "",
            "service": service.pk if service else "",
            "commune": commune.pk if commune else "",
            "before": cursor(before) if before else "",
        } | changed
        return urlencode({name: value for name, value in values.items() if value})


def cursor(report: Report) -> str:
    """Where the next page begins: after this row."""
    return f"{report.created_at.isoformat()}_{report.id}"


def _cursor_read(text: str) -> tuple[datetime, uuid.UUID] | None:
    at, _, number = text.partition("_")
    try:
        found = datetime.fromisoformat(at), uuid.UUID(number)
    except ValueError:
        return None
    return found if timezone.is_aware(found[0]) else None
