"""What supervisors fill in."""

from decimal import Decimal
from typing import Any

from django import forms

from .costs import CENTS_MAX, costs_now
from .models import HandledBy


class CostsForm(forms.Form):
    """Euros for one contact, by who answered."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cents = costs_now()
        for key, label in HandledBy.choices:
            self.fields[key] = forms.DecimalField(
                label=label,
                min_value=0,
                max_value=CENTS_MAX // 100,
                decimal_places=2,
                localize=True,
                initial=Decimal(cents[key]) / 100,
            )

    @property
    def cents(self) -> dict[str, int]:
        """Cents by who answered; once it is valid."""
        return {key: int(value * 100) for key, value in self.cleaned_data.items()}
