"""Forms of the cards' pages."""

from typing import Any

from django import forms
from django.conf import settings

from agent_console.citizens.models import Resident
from agent_console.reports.selectors import report_find

from .cards import number_normalised
from .errors import CardNumberInvalid


class ResidentForm(forms.Form):
    """Whose card it is: the reference of one of their reports, unless they are known already."""

    reference = forms.CharField(
        label="Référence d’un de ses signalements",
        max_length=40,
        required=False,
        widget=forms.TextInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "off",
                "aria-describedby": "reference-aide",
            }
        ),
    )

    has_agreed = forms.BooleanField(
        label="Cette personne veut des points et dit avoir 15 ans ou plus", required=False
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.resident: Resident | None = None
        if is_known:
            del self.fields["reference"]

    def clean_reference(self) -> str:
        """Keeps the resident behind the reference in ``self.resident``."""
        reference = str(self.cleaned_data["reference"])
        if not reference.strip():
            raise forms.ValidationError("Indiquez la référence d’un de ses signalements.")
        report = report_find(reference=reference)
        if report is None or report.resident is None:
            raise forms.ValidationError(
                "Aucun signalement ne porte cette référence. Faites-la relire au citoyen."
            )
        self.resident = report.resident
        return reference


class LinkForm(ResidentForm):
    """A card's number as it is printed, and whose it is."""

    field_order = ["collector", "number", "reference", "has_agreed"]

    collector = forms.ChoiceField(label="Collecteur")
    number = forms.CharField(
        label="Numéro de la carte",
        max_length=40,
        error_messages={"required": "Indiquez le numéro imprimé sur la carte."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "aria-describedby": "numero-aide"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = sorted(settings.GLASS_COLLECTOR_SECRETS)
        field = self.fields["collector"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(name, name) for name in names]
        if len(names) == 1:  # nothing to choose
            field.widget = forms.HiddenInput()
            field.initial = names[0]

    def clean_number(self) -> str:
        """One spelling."""
        number = number_normalised(str(self.cleaned_data["number"]))
        if number is None:
            raise forms.ValidationError(CardNumberInvalid.message)
        return number
