"""What a supervisor says of an outage, and of its end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from agent_console.places.models import Commune
from agent_console.reports.models.outage import MESSAGE_CHARS_MAX
from agent_console.reports.workflow import ClosureReason

if TYPE_CHECKING:
    _Communes = forms.ModelMultipleChoiceField[Commune]
else:
    _Communes = forms.ModelMultipleChoiceField

_TOO_LONG = "Le texte est trop long : %(limit_value)d caractères au plus."
_WORDS = forms.Textarea(attrs={"rows": 3})


class OutageForm(forms.Form):
    """What people are told, where, and until when."""

    message_fr = forms.CharField(
        label="Annonce",
        max_length=MESSAGE_CHARS_MAX,
        widget=_WORDS,
        help_text="Dite à qui signale la même chose au même endroit : en ligne, par SMS, au"
        " téléphone. 300 signes au plus.",
        error_messages={"required": "Écrivez ce que les gens entendront.", "max_length": _TOO_LONG},
    )
    message_en = forms.CharField(
        label="Annonce en anglais",
        required=False,
        max_length=MESSAGE_CHARS_MAX,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
        help_text="Sans elle, l’annonce est dite en français.",
        error_messages={"max_length": _TOO_LONG},
    )
    communes = _Communes(
        label="Communes touchées",
        queryset=Commune.objects.order_by("search_name"),
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Plusieurs avec Ctrl. Marseille comprend ses arrondissements.",
        error_messages={
            "required": "Choisissez au moins une commune.",
            "invalid_choice": "Choisissez des communes de la liste.",
            "invalid_pk_value": "Choisissez des communes de la liste.",
        },
    )
    expected_end = forms.DateTimeField(
        label="Fin prévue (facultatif)",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M"],
        error_messages={"invalid": "Donnez un jour et une heure."},
    )

    def clean_expected_end(self) -> datetime | None:
        """A moment to come."""
        given: datetime | None = self.cleaned_data["expected_end"]
        if given is not None and given <= timezone.now():
            raise forms.ValidationError("Donnez un moment à venir.")
        return given


class EndForm(forms.Form):
    """What was done, as every author reads it."""

    reason_code = forms.ChoiceField(
        label="Ce qui a été fait",
        required=False,
        choices=[("", "Sans précision"), *ClosureReason.choices],
        error_messages={"invalid_choice": "Choisissez dans la liste."},
    )
    reason = forms.CharField(
        label="Précisions (facultatif, tous les auteurs les lisent)",
        required=False,
        max_length=300,
        widget=_WORDS,
        error_messages={"max_length": _TOO_LONG},
    )


class UndoForm(forms.Form):
    """Why an end was a mistake, as every author reads it."""

    reason = forms.CharField(
        label="Pourquoi (tous les auteurs le lisent)",
        max_length=300,
        widget=_WORDS,
        error_messages={"required": "Indiquez pourquoi.", "max_length": _TOO_LONG},
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="id_undo_%s")
