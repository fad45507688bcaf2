"""Forms of the public pages: everything is optional, nothing of it is stored."""

from __future__ import annotations

from django import forms

from agent_console.places.models import Commune
from agent_console.places.selectors import communes

from .nearest import Filters
from .vocabulary import Kind, Stream

_NOT_HERE = "Cette commune n’est pas dans la Métropole."


def _commune_field(empty_label: str) -> forms.ModelChoiceField[Commune]:
    return forms.ModelChoiceField(
        label="Commune",
        queryset=Commune.objects.none(),
        required=False,
        empty_label=empty_label,
        error_messages={"invalid_choice": _NOT_HERE},
    )


class _CommuneForm(forms.Form):
    """A form with the communes of the Metropolis to choose from."""

    def __init__(self, data: object = None) -> None:
        super().__init__(data, label_suffix="")  # type: ignore[arg-type]
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = communes()

    def chosen(self) -> Commune | None:
        """The commune chosen, if it is one."""
        found = self.cleaned_data.get("commune")
        return found if isinstance(found, Commune) else None


class WasteForm(_CommuneForm):
    """ "Où jeter…": a waste in one's own words, and where one lives."""

    q = forms.CharField(
        label="Que voulez-vous jeter ?",
        max_length=120,
        required=False,
        error_messages={"max_length": "Quelques mots suffisent : 120 caractères au plus."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "enterkeyhint": "search"}),
    )
    commune = _commune_field("Je ne précise pas")

    field_order = ["q", "commune"]


class FacilitiesForm(_CommuneForm):
    """Which places: where, of what kind, taking what, open now."""

    commune = _commune_field("Toutes les communes")
    kind = forms.ChoiceField(
        label="Type de point",
        choices=[("", "Tous les types"), *Kind.choices],
        required=False,
        error_messages={"invalid_choice": "Ce type de point n’existe pas."},
    )
    waste = forms.ChoiceField(
        label="Pour déposer",
        choices=[("", "Tous les déchets"), *Stream.choices],
        required=False,
        error_messages={"invalid_choice": "Ce déchet n’est pas dans la liste."},
    )
    open = forms.BooleanField(label="Ouvert maintenant", required=False)

    def filters(self) -> Filters:
        """What was chosen; of a field with a mistake, nothing."""
        waste = self.cleaned_data.get("waste") or ""
        return Filters(
            kind=self.cleaned_data.get("kind") or "",
            streams=(waste,) if waste else (),
            is_open=bool(self.cleaned_data.get("open")),
        )


class AroundForm(FacilitiesForm):
    """The same, around a position that the browser gave."""

    lat = forms.FloatField(min_value=-90, max_value=90, widget=forms.HiddenInput)
    lon = forms.FloatField(min_value=-180, max_value=180, widget=forms.HiddenInput)
