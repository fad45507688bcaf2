"""Forms of the console."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django import forms
from django.contrib.auth.forms import AuthenticationForm

REASON_MAX_CHARS = 300


class SignInForm(AuthenticationForm):
    """Django's own, with the labels that agents know."""

    error_messages = {
        "invalid_login": "Identifiant ou mot de passe incorrect.",
        "inactive": "Ce compte est désactivé. Adressez-vous à votre responsable.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Identifiant"
        self.fields["password"].label = "Mot de passe"
        # A refused sign-in says so in words; Django would leave the form mute for screen readers.
        for field in self.fields.values():
            if self.errors:
                field.widget.attrs["aria-describedby"] = "erreur-connexion"


class KeyForm(forms.Form):
    """The idempotency key that a page was given: a reload or a double click is the same act."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def fresh(cls) -> Self:
        """The form of a page that is opened anew."""
        return cls(initial={"key": uuid.uuid4()})


class RejectForm(forms.Form):
    """Why a report is rejected; the reason goes into its history."""

    reason = forms.CharField(
        label="Motif du rejet",
        max_length=REASON_MAX_CHARS,
        error_messages={
            "required": "Indiquez le motif du rejet.",
            "max_length": "Le motif est trop long : %(limit_value)d caractères au plus.",
        },
        widget=forms.Textarea(attrs={"rows": 3, "aria-describedby": "motif-aide"}),
    )
