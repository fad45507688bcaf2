"""A ballot, a proposal, a receipt, as residents fill them in."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms

from .models import PROPOSAL_CHARS_MAX, Consultation
from .selectors import communes_voting

_REQUIRED = {
    "fr": {
        "choice": "Choisissez une réponse.",
        "commune": "Indiquez votre commune.",
        "text": "Écrivez votre proposition en 500 caractères au plus.",
        "code": "Recopiez le code de votre récépissé.",
    },
    "en": {
        "choice": "Please choose an answer.",
        "commune": "Please choose your commune.",
        "text": "Please write your proposal in 500 characters at most.",
        "code": "Please copy the code of your receipt.",
    },
}
_LABELS = {
    "fr": {
        "commune": "Votre commune ou arrondissement",
        "none": "Je ne souhaite pas le dire",
        "pick": "Choisissez",
        "text": "Votre proposition",
        "code": "Code du récépissé",
    },
    "en": {
        "commune": "Your commune or arrondissement",
        "none": "I’d rather not say",
        "pick": "Choose",
        "text": "Your proposal",
        "code": "Receipt code",
    },
}


class BallotForm(forms.Form):
    """One choice and a commune; ``key`` makes pressing twice one vote."""

    choice = forms.ChoiceField(widget=forms.RadioSelect)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(
        self, data: Any = None, *, consultation: Consultation, locale: str, **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        said = _REQUIRED[locale]
        choice = self.fields["choice"]
        self.fields["commune"] = _commune_field(consultation, locale=locale)
        choice.choices = [  # type: ignore[attr-defined]
            (str(one.pk), getattr(one, f"label_{locale}")) for one in consultation.choices.all()
        ]
        choice.label = getattr(consultation, f"question_{locale}")
        for kind in ("required", "invalid_choice"):
            choice.error_messages[kind] = said["choice"]


class ProposalForm(forms.Form):
    """Free words."""

    text = forms.CharField(max_length=PROPOSAL_CHARS_MAX, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, data: Any = None, *, consultation: Consultation, locale: str) -> None:
        super().__init__(data, auto_id="proposal_%s")
        if consultation.communes.exists():
            commune = _commune_field(consultation, locale=locale)
            self.fields["commune"] = commune
        field = self.fields["text"]
        field.label = _LABELS[locale]["text"]
        for kind in ("required", "max_length"):
            field.error_messages[kind] = _REQUIRED[locale]["text"]


class ReceiptForm(forms.Form):
    """A code, typed anyhow."""

    code = forms.CharField(
        max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"})
    )

    def __init__(self, data: Any = None, *, locale: str) -> None:
        super().__init__(data)
        field = self.fields["code"]
        field.label = _LABELS[locale]["code"]
        for kind in ("required", "max_length"):
            field.error_messages[kind] = _REQUIRED[locale]["code"]


def _commune_field(consultation: Consultation, *, locale: str) -> forms.ChoiceField:
    """Where somebody lives: asked when communes are named, else as they like."""
    labels, said = _LABELS[locale], _REQUIRED[locale]["commune"]
    is_required = consultation.communes.exists()
    places = [(one.pk, one.name) for one in communes_voting(consultation)]
    return forms.ChoiceField(
        label=labels["commune"],
        required=is_required,
        choices=[("", labels["pick"] if is_required else labels["none"]), *places],
        error_messages={"required": said, "invalid_choice": said},
    )
