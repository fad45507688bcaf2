"""Accounts at a partner's till, and the password that replaces an initial one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

from .base import KeyedForm, text

if TYPE_CHECKING:
    _SetPassword = SetPasswordForm[User]
else:
    _SetPassword = SetPasswordForm  # generic for the type checker only

USERNAME_CHARS = 60
NAME_CHARS = 60
SITE_CHARS = 80
_SITE_HELP = "Il est écrit sur chaque bon validé, par exemple « Piscine Luminy, accueil »."


class CashierNewForm(KeyedForm):
    """Somebody who will capture vouchers for a partner."""

    first_name = text(label="Prénom", max_length=NAME_CHARS)
    last_name = text(label="Nom", max_length=NAME_CHARS)
    username = forms.CharField(
        label="Identifiant de connexion",
        max_length=USERNAME_CHARS,
        help_text="Lettres, chiffres, point, tiret ou tiret bas, par exemple p.martin.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    site = text(label="Lieu", max_length=SITE_CHARS, help_text=_SITE_HELP)

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        try:
            UnicodeUsernameValidator()(username)
        except ValidationError as exc:
            raise ValidationError(
                "Un identifiant n’a que des lettres, des chiffres et les signes . - _ @ +, "
                "sans espace."
            ) from exc
        return username


class CashierEditForm(KeyedForm):
    """Where a cashier stands."""

    site = text(label="Lieu", max_length=SITE_CHARS, help_text=_SITE_HELP)


class OwnPasswordForm(_SetPassword):
    """Django's own form and rules, in words that say what to do."""

    error_messages = {"password_mismatch": "Les deux mots de passe ne sont pas les mêmes."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        first, second = self.fields["new_password1"], self.fields["new_password2"]
        first.label, second.label = "Nouveau mot de passe", "Le même, une seconde fois"
        first.help_text = (
            "12 caractères au moins. Quatre mots sans rapport entre eux se retiennent bien."
        )
        second.help_text = ""
        for field in (first, second):
            field.error_messages["required"] = "Écrivez votre nouveau mot de passe."
