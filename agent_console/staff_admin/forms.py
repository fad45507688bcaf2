"""What a supervisor asks of the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError

if TYPE_CHECKING:
    _GroupChoices = forms.ModelMultipleChoiceField[Group]
else:  # generic for the type checker only
    _GroupChoices = forms.ModelMultipleChoiceField


class AskedForm(forms.Form):
    """By person, colleague and period; all of it optional."""

    person = forms.UUIDField(
        label="Personne (le numéro de sa fiche)",
        required=False,
        error_messages={"invalid": "Ce n’est pas le numéro d’une fiche."},
    )
    agent = forms.CharField(label="Agent (son identifiant)", required=False, max_length=150)
    since = forms.DateField(
        label="Du",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Choisissez une date."},
    )
    until = forms.DateField(
        label="Au",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Choisissez une date."},
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class _Groups(_GroupChoices):
    widget = forms.CheckboxSelectMultiple


class AccountForm(forms.Form):
    """Who a colleague is, and the groups that say what they may do."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60, required=False)
    groups = _Groups(
        label="Groupes",
        queryset=Group.objects.none(),
        help_text="Ce que le compte permet. Seuls les groupes dont vous avez tous les droits"
        " sont proposés.",
        error_messages={"required": "Choisissez un groupe au moins."},
    )

    def __init__(self, *args: Any, groups: Sequence[Group], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = self.fields["groups"]
        assert isinstance(offered, _Groups)
        offered.queryset = Group.objects.filter(pk__in=[group.pk for group in groups]).order_by(
            "name"
        )


class AccountNewForm(AccountForm):
    """The same, with the name that signs in."""

    username = forms.CharField(
        label="Identifiant de connexion",
        max_length=60,
        help_text="Lettres, chiffres, point, tiret ou tiret bas, par exemple p.martin.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    field_order = ["username"]

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).lower()
        try:
            UnicodeUsernameValidator()(username)
        except ValidationError as error:
            raise ValidationError(
                "Un identifiant n’a que des lettres, des chiffres et les signes . - _ @ +,"
                " sans espace."
            ) from error
        return username
