"""Forms of the console."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django import forms
from django.contrib.auth.forms import AuthenticationForm


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
