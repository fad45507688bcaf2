"""The form of an information campaign, and how its terms are said."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.places.models import Commune

from .campaign_rules import CHANNELS
from .forms import OnceForm, count_field, moment_field
from .models import CampaignState, InfoCampaign, Segment

if TYPE_CHECKING:
    _CommuneChoices = forms.ModelMultipleChoiceField[Commune]
else:  # generic for the type checker only
    _CommuneChoices = forms.ModelMultipleChoiceField

TEXT_CHARS = 300  # two SMS and the way out
DAILY_MAX = 100_000
_LINK = re.compile(r"https?://|www\.", re.IGNORECASE)
_FIELDS = (
    "name", "text_fr", "text_en", "segment", "channels", "starts_at", "ends_at", "daily_max",
)  # fmt: skip
_REQUIRED = {"required": "Renseignez ce champ."}


class _Communes(_CommuneChoices):
    widget = forms.SelectMultiple(attrs={"size": 6})


class InfoCampaignForm(OnceForm):
    """What is said, to whom, when, and to how many a day."""

    name = forms.CharField(
        label="Nom",
        help_text="Pour les collègues.",
        max_length=80,
        error_messages=_REQUIRED,
    )
    text_fr = forms.CharField(
        label="Message en français",
        max_length=TEXT_CHARS,
        help_text="Deux phrases courtes, qui proposent sans culpabiliser. « STOP pour ne plus en"
        " recevoir » est ajouté.",
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages=_REQUIRED,
    )
    text_en = forms.CharField(
        label="Message en anglais",
        max_length=TEXT_CHARS,
        required=False,
        help_text="Vide : seules les personnes qui écrivent en français le reçoivent.",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    segment = forms.ChoiceField(label="À qui", choices=Segment.choices)
    communes = _Communes(
        label="Communes",
        queryset=Commune.objects.none(),
        required=False,
        help_text="Où la personne a signalé ou pris rendez-vous. Aucune : partout.",
    )
    channels = forms.MultipleChoiceField(
        label="Canaux",
        choices=[(code.value, code.label) for code in CHANNELS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez un canal au moins."},
    )
    starts_at = moment_field("Début")
    ends_at = moment_field("Fin", "À cette heure, plus personne n’est informé.")
    daily_max = count_field(
        "Personnes par jour, au plus",
        "Chaque SMS coûte ; les réponses arrivent aux agents.",
        low=1,
        high=DAILY_MAX,
    )

    def __init__(self, *args: Any, campaign: InfoCampaign | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.campaign = campaign
        communes = self.fields["communes"]
        assert isinstance(communes, _Communes)
        communes.queryset = Commune.objects.order_by("search_name")

    @staticmethod
    def initial_of(campaign: InfoCampaign) -> dict[str, Any]:
        """The fields as the campaign has them."""
        values = {name: getattr(campaign, name) for name in _FIELDS}
        return values | {"communes": list(campaign.communes), "key": campaign.pk}

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        same = InfoCampaign.objects.filter(name=name)
        own = self.campaign.pk if self.campaign else self._key()
        if own is not None:  # the same form sent again is no other campaign
            same = same.exclude(pk=own)
        if same.exists():
            raise forms.ValidationError("Une autre campagne porte ce nom.", code="name_taken")
        return name

    def _key(self) -> uuid.UUID | None:
        key: uuid.UUID | None = self.cleaned_data.get("key")
        return key

    def clean(self) -> dict[str, Any]:
        """Start before end; a message names no address to click, which reads like a fraud."""
        data = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "La fin doit suivre le début.")
        for name in ("text_fr", "text_en"):
            if _LINK.search(data.get(name) or ""):
                self.add_error(
                    name, "Pas d’adresse web : on la prendrait pour une tentative de fraude."
                )
        return data

    def values(self) -> dict[str, Any]:
        """What a valid form says, by the model's fields."""
        data = self.cleaned_data
        communes = sorted(commune.pk for commune in data["communes"])
        return {name: data[name] for name in _FIELDS} | {"communes": communes}


def said(terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The terms of a campaign (``campaigns.snapshot``) in words, label by label."""
    communes = Commune.objects.filter(pk__in=terms["communes"]).values_list("name", flat=True)
    return [
        ("Nom", terms["name"]),
        ("Message en français", terms["text_fr"]),
        ("Message en anglais", terms["text_en"]),
        ("À qui", Segment(terms["segment"]).label),
        ("Communes", ", ".join(communes) or "toutes"),
        ("Canaux", ", ".join(ChannelCode(code).label for code in terms["channels"])),
        ("Début", _when(terms["starts_at"])),
        ("Fin", _when(terms["ends_at"])),
        ("Personnes par jour, au plus", str(terms["daily_max"])),
        ("État", CampaignState(terms["state"]).label),
    ]


def _when(moment: str) -> str:
    return f"{timezone.localtime(datetime.fromisoformat(moment)):%d/%m/%Y %H:%M}"
