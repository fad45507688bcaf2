"""What supervisors fill in."""

from __future__ import annotations

from typing import Any

from django import forms

from agent_console.facilities.importing.services import DEFAULT_SOURCE
from agent_console.facilities.models import SortingRule
from agent_console.facilities.vocabulary import Kind, Outlet, Stream
from agent_console.places.models import Commune

FILE_BYTES_MAX = 900_000  # the console takes requests of a million bytes; larger: the command
_REQUIRED = "Ce champ est obligatoire."


class _Form(forms.Form):
    """French messages, labels without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _REQUIRED


class UploadForm(_Form):
    """A file, whose it is, and what its missing rows mean."""

    file = forms.FileField(
        label="Fichier CSV ou GeoJSON",
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.json,.geojson"}),
    )
    source = forms.SlugField(
        label="Source",
        initial=DEFAULT_SOURCE,
        max_length=40,
        error_messages={"invalid": "Lettres sans accent, chiffres, tirets."},
    )
    kind = forms.ChoiceField(
        label="Limiter à un type",
        required=False,
        choices=[("", "Tous les types du fichier"), *Kind.choices],
    )
    is_full = forms.BooleanField(
        label="Fichier complet : ce qui n’y est plus est retiré", required=False, initial=True
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > FILE_BYTES_MAX:
            raise forms.ValidationError(
                "Le fichier dépasse 900 ko. Importez-le avec la commande import_facilities."
            )
        return file


class RuleForm(_Form):
    """A rule; ``version`` is the one on the screen."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label="Déchet", max_length=80)
    synonyms = forms.CharField(
        label="Synonymes",
        required=False,
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "synonymes-aide"}),
    )
    outlet = forms.ChoiceField(label="Où va-t-il ?", choices=Outlet.choices)
    advice = forms.CharField(
        label="Conseil", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    streams = forms.MultipleChoiceField(
        label="Points qui le prennent : ceux qui acceptent",
        choices=Stream.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_local = forms.BooleanField(label="À confirmer par chaque commune", required=False)

    @classmethod
    def of(cls, rule: SortingRule) -> RuleForm:
        """The form of a page that is opened anew."""
        return cls(
            initial={
                "version": rule.version,
                "name": rule.name,
                "synonyms": "\n".join(rule.synonyms),
                "outlet": rule.outlet,
                "advice": rule.advice,
                "streams": rule.streams,
                "is_local": rule.is_local,
            }
        )


class AddRuleForm(_Form):
    """A waste that has no rule yet."""

    name = forms.CharField(label="Déchet", max_length=80)
    outlet = forms.ChoiceField(label="Où va-t-il ?", choices=[("", "Choisir"), *Outlet.choices])
    advice = forms.CharField(
        label="Conseil", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class VersionForm(_Form):
    """Which version of the rule the person had before them."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CommuneForm(VersionForm):
    """A commune or an arrondissement."""

    commune = forms.ModelChoiceField(
        label="Commune",
        queryset=Commune.objects.none(),
        empty_label="Choisir",
        error_messages={"invalid_choice": "Cette commune n’est pas dans la Métropole."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Commune.objects.order_by("search_name")


class OverrideForm(CommuneForm):
    """What differs in one commune."""

    outlet = forms.ChoiceField(label="Où va-t-il ?", choices=Outlet.choices)
    advice = forms.CharField(
        label="Conseil", max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )
    field_order = ["version", "commune", "outlet", "advice"]
    prefix = "local"
