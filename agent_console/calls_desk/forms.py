"""The forms of a call: the number, the one form with its two kinds of request, the wrap-up."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.http import QueryDict

from agent_console.citizens.models import ChannelCode
from agent_console.intake.new_report_form import NewReportForm

from .models import Draft, WrapCode

REPORT, PICKUP = "report", "pickup"
_ANSWER = "answer_"
# What the page remembers beside the form's own fields.
_PAGE = ("seen", "asked")
_VALUES_MAX = 4000


class NumberForm(forms.Form):
    """Who calls; ``number`` as it is typed or pasted."""

    number = forms.CharField(
        label="Numéro de l’appelant",
        max_length=60,
        widget=forms.TextInput(
            attrs={"inputmode": "tel", "autocomplete": "off", "autofocus": True}
        ),
        help_text="Tapez-le ou collez-le, par exemple 06 12 34 56 78.",
        error_messages={"required": "Indiquez un numéro, ou choisissez «\u00a0masqué\u00a0»."},
    )


class CallForm(NewReportForm):
    """A report or a pickup, and what the caller agrees to.

    ``is_quiet``: a draft that is shown as it is, without a word about what is still missing.
    """

    is_quiet = False

    kind = forms.ChoiceField(
        label="Type de demande",
        choices=[(REPORT, "Signalement"), (PICKUP, "Encombrants")],
        widget=forms.RadioSelect,
        required=False,
    )
    items = forms.CharField(
        label="Objets à enlever",
        max_length=500,
        required=False,
        help_text="Comme on les dit\u00a0: «\u00a02 canapés, un frigo\u00a0».",
    )
    slot = forms.IntegerField(required=False)
    day = forms.DateField(label="Jour souhaité", required=False, widget=forms.HiddenInput)
    sms = forms.BooleanField(label="Accepte la confirmation par SMS", required=False)
    wallet = forms.ChoiceField(
        label="Points",
        choices=[("yes", "Oui, et a 15 ans ou plus"), ("no", "Non, pas de points")],
        widget=forms.RadioSelect,
        required=False,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        options |= {"auto_id": "appel_%s", "label_suffix": ""}
        super().__init__(data, **options)
        self.fields["description"].widget = forms.TextInput(
            attrs={"autocomplete": "off", "data-line": ""}
        )
        self.fields["description"].label = "Ce que dit l’appelant"
        self.fields["commune"].widget = forms.TextInput(attrs={"autocomplete": "off"})
        self.fields["channel"].widget = forms.HiddenInput()
        if self.is_pickup:
            self.fields["category_code"].required = False

    @classmethod
    def of_draft(cls, draft: Draft) -> CallForm:
        """The form as it was left."""
        data = QueryDict(mutable=True)
        for name, values in draft.fields.items():
            data.setlist(name, values)
        data["key"], data["channel"] = str(draft.pk), ChannelCode.PHONE
        data.setdefault("kind", REPORT)
        data.setdefault("on_behalf", "self")
        form = cls(data)
        form.is_quiet = True
        return form

    def full_clean(self) -> None:
        """Nothing is wrong yet with a draft that nobody has sent."""
        super().full_clean()
        if self.is_quiet:
            self._errors = ErrorDict()

    @property
    def is_pickup(self) -> bool:
        """Whether a pickup is asked for."""
        return bool(self.data) and self.data.get("kind") == PICKUP

    @property
    def draft_key(self) -> uuid.UUID | None:
        """The draft that the page was opened with."""
        try:
            return uuid.UUID(str(self.data.get("key")))
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        """A pickup's rules are its services' to say; a report is checked as at the counter."""
        if not self.is_pickup:
            return super().clean()
        if not self.cleaned_data.get("address"):
            self.add_error("address", "Indiquez l’adresse où passer.")
        if not self.cleaned_data.get("items"):
            self.add_error("items", "Indiquez au moins un objet.")
        elif self.cleaned_data.get("slot") is None:
            self.add_error("items", "Choisissez un créneau.")
        return self.cleaned_data


class WrapForm(forms.Form):
    """What a call was about, and what the next colleague should know."""

    code = forms.ChoiceField(
        label="Motif de l’appel",
        choices=[("", "À choisir"), *WrapCode.choices],
        error_messages={"required": "Choisissez un motif."},
    )
    note = forms.CharField(
        label="Note pour le prochain appel",
        max_length=500,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Montrée au prochain appel de ce numéro. Sans nom.",
    )


def typed(data: QueryDict) -> dict[str, list[str]]:
    """What of a request is worth keeping as a draft: known names, bounded values, no blanks."""
    names = {*CallForm.base_fields, *_PAGE} - {"key", "channel", "photos"}
    kept: dict[str, list[str]] = {}
    for name, values in data.lists():
        texts = [str(value)[:_VALUES_MAX].replace("\x00", "") for value in values if value]
        if texts and (name in names or name.startswith(_ANSWER)):
            kept[name] = texts
    return kept
