"""Forms of the crews' pages."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django import forms
from django.contrib.auth.models import User

from agent_console.reports.models import Service
from agent_console.reports.workflow import ClosureReason

from .access import WORK
from .acting import PHOTO_KINDS, Act

WORDS_MAX_CHARS = 300
_TOO_LONG = "C’est trop long : %(limit_value)d caractères au plus."


class ActForm(forms.Form):
    """A step that asks nothing.  ``key`` makes what is sent twice happen once."""

    key = forms.UUIDField(
        widget=forms.HiddenInput, error_messages={"required": "Rechargez la page et recommencez."}
    )

    def __init__(self, data: Any = None, files: Any = None, *, action: str) -> None:
        super().__init__(data, files, auto_id=f"id_{action}_%s", initial={"key": uuid.uuid4()})
        self.action = action
        for name, field in self.fields.items():
            if self.errors.get(name):
                field.widget.attrs["aria-describedby"] = f"id_{action}_{name}_error"
                field.widget.attrs["aria-invalid"] = "true"

    def act(self) -> Act:
        """Of the cleaned form."""
        photo = self.cleaned_data.get("photo")
        return Act(
            key=self.cleaned_data["key"],
            action=self.action,
            reason_code=self.cleaned_data.get("reason_code", ""),
            words=self.cleaned_data.get("words", ""),
            photo=bytes(photo.read()) if photo else b"",
        )


def _words(label: str, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=WORDS_MAX_CHARS,
        widget=forms.Textarea(attrs={"rows": 3, "data-typed": ""}),
        error_messages={"required": "Dites pourquoi.", "max_length": _TOO_LONG},
        **options,
    )


class ResolveForm(ActForm):
    reason_code = forms.ChoiceField(
        label="Ce qui a été fait",
        choices=ClosureReason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choisissez ce qui a été fait.",
            "invalid_choice": "Choisissez dans la liste.",
        },
    )
    words = _words("Précision (facultative, le citoyen la lit)", required=False)


class WrongServiceForm(ActForm):
    words = _words("Pourquoi, et quel service d’après vous")


class PhotoForm(ActForm):
    photo = forms.FileField(error_messages={"required": "Il manque la photo."})


FORMS: dict[str, type[ActForm]] = {
    "start": ActForm,
    "resume": ActForm,
    "resolve": ResolveForm,
    "wrong_service": WrongServiceForm,
    **dict.fromkeys(PHOTO_KINDS, PhotoForm),
}


class AroundForm(forms.Form):
    """A position that the browser gave."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lon = forms.FloatField(min_value=-180, max_value=180)


class _ServiceForm(forms.Form):
    """A form about one service."""

    service = forms.ModelChoiceField(
        label="Service",
        queryset=Service.objects.order_by("label"),
        empty_label=None,
        error_messages={"invalid_choice": "Choisissez un service de la liste."},
    )


class _AgentField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """People by their name, and the name of their account to tell them apart."""

    def label_from_instance(self, obj: Any) -> str:
        full = obj.get_full_name()
        return f"{full} ({obj.get_username()})" if full else str(obj.get_username())


class MemberForm(_ServiceForm):
    """Only who may work on reports in the field can be chosen."""

    user = _AgentField(
        label="Agent",
        queryset=User.objects.none(),
        empty_label=None,
        error_messages={
            "required": "Choisissez un agent.",
            "invalid_choice": "Choisissez un agent de la liste.",
        },
    )
    field_order = ["user", "service"]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_member_%s")
        field = self.fields["user"]
        assert isinstance(field, _AgentField)
        field.queryset = User.objects.with_perm(WORK).order_by("first_name", "username")


class DispatchForm(_ServiceForm):
    phone = forms.CharField(
        label="Numéro à appeler (vide : celui de la Métropole)",
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_dispatch_%s")

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and not re.fullmatch(r"\+?[0-9][0-9 .]{1,18}[0-9]", phone):
            raise forms.ValidationError("Ce numéro ne se compose pas : des chiffres, un + devant.")
        return phone
