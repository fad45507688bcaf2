"""Forms of the pickups' pages."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.pickup_desk.english import problem_in_english
from agent_console.pickups.models import CapacityUnit, Sector, Window
from agent_console.pickups.selectors.settings import sectors
from agent_console.places.models import Commune

REQUIRED = "Ce champ est obligatoire."
WEEKDAYS = [
    (0, "Lundi"),
    (1, "Mardi"),
    (2, "Mercredi"),
    (3, "Jeudi"),
    (4, "Vendredi"),
    (5, "Samedi"),
    (6, "Dimanche"),
]
# The ways in which an operator hears of somebody who doesn't write to the assistant.
CHANNELS = [
    (ChannelCode.PHONE, "Téléphone"),
    (ChannelCode.COUNTER, "Guichet"),
    (ChannelCode.EMAIL, "Courriel"),
    (ChannelCode.LETTER, "Courrier"),
]


class DeskForm(forms.Form):
    """French messages; help texts are tied to their fields."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages.setdefault("required", REQUIRED)
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = REQUIRED


def count(label: str, low: int, high: int, help_text: str = "") -> forms.IntegerField:
    """A whole number within bounds."""
    bounds = f"Indiquez un nombre entier de {low} à {high}."
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=low,
        max_value=high,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": bounds, "min_value": bounds, "max_value": bounds},
    )


def text(
    label: str, most: int, help_text: str = "", *, required: bool = True, rows: int = 0
) -> forms.CharField:
    """One line, or several."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={"max_length": "%(limit_value)d caractères au plus."},
    )


def day_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    """A day."""
    return forms.DateField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Cette date n’existe pas. Exemple\u00a0: 31/12/2026."},
    )


class ItemsForm(DeskForm):
    """Objects as people say them, and a slot among those that are free."""

    items = text(
        "Objets",
        500,
        "Comme on les dit, un par ligne ou séparés par des virgules\u00a0: «\u00a02 canapés, "
        "un frigo\u00a0».",
        rows=3,
    )
    slot = forms.IntegerField(
        label="Créneau",
        widget=forms.HiddenInput,
        error_messages={"required": "Choisissez un créneau.", "invalid": "Choisissez un créneau."},
    )


class EnglishItemsForm(ItemsForm):
    """The same on the label's English pages."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        said = {"items": ("Objects", "items_missing"), "slot": ("Day", "slot_missing")}
        for name, (label, code) in said.items():
            self.fields[name].label = label
            self.fields[name].error_messages |= {
                kind: problem_in_english(code) for kind in ("required", "invalid")
            }
        self.fields["items"].error_messages["max_length"] = problem_in_english("items_too_long")


class BookForm(ItemsForm):
    """A pickup for somebody who calls; ``key`` makes a double click one booking."""

    field_order = ["key", "address", "place", "items", "slot", "channel", "contact"]

    key = forms.UUIDField(widget=forms.HiddenInput)
    address = text("Adresse", 200, "Numéro et rue.")
    place = text(
        "Où seront les objets", 200, "Porte, côté de la rue… Pas d’étage\u00a0: on ne monte pas.",
        required=False,
    )  # fmt: skip
    channel = forms.ChoiceField(label="Demande reçue par", choices=CHANNELS)
    contact = text(
        "Pour rappeler",
        120,
        "Un numéro suffit, ou un nom. Rien d’autre\u00a0: l’équipage le lit.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())


class SlotTermsForm(DeskForm):
    """Where, when in the day, and how much."""

    sector = forms.ModelChoiceField(
        label="Secteur", queryset=Sector.objects.none(), empty_label=None
    )
    window = forms.ChoiceField(label="Moment", choices=Window.choices)
    capacity = count("Capacité", 1, 10_000)
    unit = forms.ChoiceField(label="Capacité comptée en", choices=CapacityUnit.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sector"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = sectors().filter(operator_name="")


class SlotForm(SlotTermsForm):
    """One slot to open."""

    field_order = ["sector", "day"]

    day = day_field("Jour")


class SlotChangeForm(DeskForm):
    """A slot's capacity, and whether more can be booked."""

    capacity = count("Capacité", 1, 10_000)
    is_open = forms.BooleanField(label="Ouvert aux réservations", required=False)


class PatternForm(SlotTermsForm):
    """A recurring rule."""

    field_order = ["sector", "weekdays", "interval_weeks", "starts_on", "ends_on"]

    weekdays = forms.TypedMultipleChoiceField(
        label="Jours",
        choices=WEEKDAYS,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un jour."},
    )
    interval_weeks = count("Toutes les … semaines", 1, 8)
    starts_on = day_field("À partir du")
    ends_on = day_field("Jusqu’au", "Vide\u00a0: sans fin.", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("starts_on", timezone.localdate() + timedelta(days=1))
        self.initial.setdefault("interval_weeks", 1)


class RuleForm(DeskForm):
    """A commune's rule.  Volumes are typed in m³."""

    max_objects = count("Objets par rendez-vous", 1, 200)
    max_litres = forms.CharField(
        label="Volume par rendez-vous (m³)",
        max_length=8,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    lead_days = count("Préavis (jours)", 1, 60, "Entre la demande et le passage.")
    ahead_days = count("Horizon (jours)", 1, 90, "Jusqu’à quand on peut réserver.")
    max_bookings = count("Rendez-vous par foyer", 1, 100)
    period_days = count("… sur une période de (jours)", 1, 366)

    def clean_max_litres(self) -> int:
        """``2,5`` m³ → 2500 litres."""
        typed = str(self.cleaned_data["max_litres"]).replace("m³", "").strip()
        match = re.fullmatch(r"(\d{1,3})(?:[.,](\d{1,3}))?", typed)
        litres = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0")) if match else 0
        if not 1 <= litres <= 100_000:
            raise forms.ValidationError("Indiquez un volume en m³, par exemple 2,5.")
        return litres


class CommuneForm(DeskForm):
    """Which commune gets a rule of its own."""

    commune = forms.ModelChoiceField(
        label="Commune", queryset=Commune.objects.order_by("name"), empty_label=None
    )


class ItemForm(DeskForm):
    """An object of the catalogue."""

    label_fr = text("Nom", 80)
    label_en = text("Nom en anglais", 80, required=False)
    synonyms = text(
        "Autres noms", 1500, "Un par ligne, au singulier. Accents et pluriels sont compris.",
        required=False, rows=4,
    )  # fmt: skip
    is_accepted = forms.TypedChoiceField(
        label="Collecté",
        choices=[("oui", "Oui, avec son volume"), ("non", "Non\u00a0: dire où l’apporter")],
        coerce=lambda value: value == "oui",
    )
    litres = forms.IntegerField(
        label="Volume (litres)",
        help_text="1\u00a0m³ = 1000 litres. Un canapé\u00a0: 1200.",
        min_value=1,
        max_value=20_000,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    instead_fr = text("Où l’apporter", 300, required=False, rows=3)
    instead_en = text("Où l’apporter, en anglais", 300, required=False, rows=3)
    is_offered = forms.BooleanField(label="Au catalogue", required=False, initial=True)

    def clean_synonyms(self) -> list[str]:
        """One name per line."""
        lines = [line.strip() for line in str(self.cleaned_data["synonyms"]).splitlines()]
        if any(len(line) > 60 for line in lines):
            raise forms.ValidationError("Un nom a 60 caractères au plus.")
        return [line for line in lines if line]


class SectorForm(DeskForm):
    """Who collects in which communes."""

    name = text("Nom du secteur", 80)
    operator_name = text(
        "Autre opérateur",
        80,
        "Vide\u00a0: la Métropole. Sinon, comme dans «\u00a0collecté par la Ville de "
        "Gardanne\u00a0».",
        required=False,
    )
    operator_phone = text("Son téléphone", 32, required=False)
    communes = forms.ModelMultipleChoiceField(
        label="Communes et arrondissements",
        queryset=Commune.objects.exclude(pk="13055").order_by("name"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins une commune."},
    )


class SearchForm(DeskForm):
    """Which bookings to list."""

    q = text("Référence, adresse ou contact", 100, required=False)
    jour = day_field("Jour du passage", required=False)
