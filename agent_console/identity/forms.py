"""What residents and operators type."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from agent_console.citizens.models import Resident
from agent_console.citizens.selectors import resident_current
from agent_console.pickups.models import Booking
from agent_console.references import parse_reference
from agent_console.reports.models import Report


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label="Numéro de téléphone",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        error_messages={"required": "Indiquez un numéro de téléphone."},
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label="Code reçu",
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
        error_messages={"required": "Indiquez le code reçu."},
    )


class PinForm(forms.Form):
    pin = forms.CharField(
        label="Code secret (4 à 6 chiffres)",
        max_length=6,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"required": "Indiquez 4 à 6 chiffres."},
    )


class OtherResidentForm(forms.Form):
    """Another resident, by the reference of one of their reports."""

    reference = forms.CharField(
        label="Référence d’un signalement de l’autre personne",
        max_length=40,
        error_messages={"required": "Indiquez une référence."},
    )
    resident: Resident

    def clean_reference(self) -> str:
        digits = parse_reference(self.cleaned_data["reference"])
        report = Report.objects.filter(reference=digits).first() if digits else None
        if report is None or report.resident_id is None:
            raise forms.ValidationError(
                "Aucun signalement d’une personne connue n’a cette référence."
            )
        self.resident = resident_current(resident_id=report.resident_id)
        return str(report.reference)


class SplitForm(forms.Form):
    """Reports and pickups that are of the other person who uses the same contact."""

    reports = forms.ModelMultipleChoiceField(
        queryset=Report.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    bookings = forms.ModelMultipleChoiceField(
        queryset=Booking.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, residents: frozenset[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cases: dict[str, QuerySet[Any]] = {
            "reports": Report.objects.filter(resident__in=residents),
            "bookings": Booking.objects.filter(resident__in=residents),
        }
        for name, found in cases.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelMultipleChoiceField)
            field.queryset = found
