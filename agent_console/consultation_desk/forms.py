"""A consultation as a supervisor writes it."""

from __future__ import annotations

from typing import Any

from django import forms

from agent_console.consultations.models import (
    LABEL_CHARS_MAX,
    QUESTION_CHARS_MAX,
    TEXT_CHARS_MAX,
    TITLE_CHARS_MAX,
    Consultation,
)
from agent_console.consultations.services import CHOICES_MAX, CHOICES_MIN, Draft
from agent_console.places.models import Commune

_MOMENT = "%Y-%m-%dT%H:%M"


def _moment(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        input_formats=[_MOMENT],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MOMENT),
    )


def _words(label: str, *, rows: int, most: int) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows})
    )


class ConsultationForm(forms.Form):
    """All texts in both languages; dates are those of Paris."""

    title_fr = forms.CharField(label="Titre en français", max_length=TITLE_CHARS_MAX)
    title_en = forms.CharField(label="Titre en anglais", max_length=TITLE_CHARS_MAX)
    question_fr = forms.CharField(label="Question en français", max_length=QUESTION_CHARS_MAX)
    question_en = forms.CharField(label="Question en anglais", max_length=QUESTION_CHARS_MAX)
    text_fr = _words("Présentation en français", rows=5, most=TEXT_CHARS_MAX)
    text_en = _words("Présentation en anglais", rows=5, most=TEXT_CHARS_MAX)
    choices = forms.CharField(
        label="Choix",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Un choix par ligne, dans l’ordre du bulletin : français | anglais.",
    )
    starts_at = _moment("Début du vote", "Heure de Paris.")
    ends_at = _moment("Fin du vote", "La consultation est close à cette heure, toute seule.")
    communes = forms.ModelMultipleChoiceField(
        label="Communes ou arrondissements",
        queryset=Commune.objects.order_by("search_name"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Aucune : toute la métropole.",
    )
    accepts_proposals = forms.BooleanField(
        label="Recueillir aussi des propositions libres, relues avant affichage", required=False
    )

    def clean_choices(self) -> tuple[tuple[str, str], ...]:
        lines = [line for line in self.cleaned_data["choices"].splitlines() if line.strip()]
        rows = [tuple(part.strip() for part in line.split("|")) for line in lines]
        if any(len(row) != 2 or not all(row) for row in rows):
            raise forms.ValidationError("Chaque ligne : français | anglais.")
        if not CHOICES_MIN <= len(rows) <= CHOICES_MAX:
            raise forms.ValidationError(f"Donnez de {CHOICES_MIN} à {CHOICES_MAX} choix.")
        if any(len(part) > LABEL_CHARS_MAX for row in rows for part in row):
            raise forms.ValidationError(f"Un choix tient en {LABEL_CHARS_MAX} caractères.")
        return tuple((row[0], row[1]) for row in rows)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", "La fin suit le début.")
        return cleaned

    def draft(self) -> Draft:
        """What a valid form says."""
        return Draft(**self.cleaned_data)


def initial_of(consultation: Consultation) -> dict[str, Any]:
    """A draft as the form shows it."""
    names = [
        f"{name}_{locale}" for name in ("title", "question", "text") for locale in ("fr", "en")
    ]
    return {
        **{name: getattr(consultation, name) for name in names},
        "choices": "\n".join(
            f"{choice.label_fr} | {choice.label_en}" for choice in consultation.choices.all()
        ),
        "starts_at": consultation.starts_at,
        "ends_at": consultation.ends_at,
        "communes": list(consultation.communes.all()),
        "accepts_proposals": consultation.accepts_proposals,
    }
