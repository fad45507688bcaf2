"""The form of the offers' pages."""

from __future__ import annotations

from django import forms

from agent_console.intake.forms import KeyForm
from agent_console.places.models import Commune
from agent_console.places.selectors import communes


class ExchangeForm(KeyForm):
    """An exchange that was read to the caller, with the price that they heard."""

    price = forms.IntegerField(min_value=1, widget=forms.HiddenInput)

    @classmethod
    def read_out(cls, *, price: int) -> ExchangeForm:
        """The form of a page that is opened anew."""
        form = cls.fresh()
        form.initial["price"] = price
        return form


class CommuneForm(forms.Form):
    """Where offers are wanted; nothing chosen means the whole Metropolis."""

    commune = forms.ModelChoiceField(
        label="Commune",
        queryset=Commune.objects.none(),
        required=False,
        empty_label="Toutes les communes",
        error_messages={"invalid_choice": "Cette commune n’est pas dans la Métropole."},
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = communes()

    def chosen(self) -> str | None:
        """The INSEE code, or ``None`` for all (and for what is no commune)."""
        found = self.cleaned_data.get("commune") if self.is_valid() else None
        return found.insee if found else None
