"""What is typed on these pages."""

from __future__ import annotations

from django import forms

from agent_console.calls.announcements import CHARS_MAX
from agent_console.calls.models import AnnouncementKind


class DeskPhoneForm(forms.Form):
    number = forms.CharField(
        label="Numéro de votre poste",
        max_length=40,
        help_text="C’est lui qui sonne quand vous prenez un appel ou rappelez quelqu’un.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class AnnouncementForm(forms.Form):
    kind = forms.ChoiceField(label="Motif", choices=AnnouncementKind.choices)
    text = forms.CharField(
        label="Ce que les appelants entendent",
        max_length=CHARS_MAX,
        help_text="Deux phrases courtes, sans adresse web : c’est dit par une voix.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    closes_desk = forms.BooleanField(
        label="Aucun conseiller ne répond : proposer un rappel", required=False
    )


class InterpreterForm(forms.Form):
    language = forms.CharField(
        label="Langue", max_length=40, help_text="Par exemple arabe, comorien, anglais."
    )
    name = forms.CharField(label="Interprète ou service", max_length=80)
    number = forms.CharField(
        label="Numéro",
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
