"""Up to which day a partner's period is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from .base import DayField, KeyedForm


class ClosingForm(KeyedForm):
    """``last_day`` is the last one that the statement contains."""

    last_day = DayField(
        label="Dernier jour du relevé",
        help_text="Compris : les bons validés ce jour-là et avant, qui ne sont dans aucun relevé.",
    )
    refusals = {
        "nothing_to_close": ("last_day", "Aucun bon validé n’attend de relevé à cette date."),
        "period_closed": ("last_day", "Cette période est déjà arrêtée."),
        "period_not_over": ("last_day", "Ce jour n’est pas fini."),
    }

    def __init__(self, *args: Any, since: date | None = None, **kwargs: Any) -> None:
        self.since = since
        kwargs.setdefault("initial", {"last_day": _end_of_last_month(timezone.localdate())})
        super().__init__(*args, **kwargs)

    def clean_last_day(self) -> date:
        day: date = self.cleaned_data["last_day"]
        if day >= timezone.localdate():
            raise ValidationError("Ce jour n’est pas fini : un relevé s’arrête hier au plus tard.")
        return day

    @property
    def until(self) -> date:
        """The first day after the statement, as the wallet counts."""
        day: date = self.cleaned_data["last_day"]
        return day + timedelta(days=1)


def _end_of_last_month(today: date) -> date:
    return today.replace(day=1) - timedelta(days=1)
