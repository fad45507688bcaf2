"""A partner and its agreements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import date_format
from stdnum.exceptions import InvalidChecksum, InvalidLength
from stdnum.exceptions import ValidationError as NumberError
from stdnum.fr import siret

from agent_console.partner_admin.agreements import overlapping
from agent_console.wallet.partners import AgreementView

from .base import DayField, KeyedForm, VersionedForm, text

NAME_CHARS = 120
REFERENCE_CHARS = 60
KINDS = {"partner": "Partenaire extérieur", "metropolitan": "Service de la Métropole"}
STATES = {"active": "Actif", "suspended": "Suspendu"}
_WRONG_DIGIT = (
    "Ce numéro n’est pas un SIRET : un chiffre est faux ou deux chiffres sont intervertis. "
    "Comparez-le à l’avis de situation Sirene."
)


class SiretField(forms.CharField):
    """A SIRET in any spacing; its value is the 14 digits."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        number = siret.compact("".join(typed.split()))
        try:
            return str(siret.validate(number))
        except InvalidLength as exc:
            raise ValidationError(
                f"Un SIRET a 14 chiffres ; vous en avez écrit {len(number)}."
            ) from exc
        except InvalidChecksum as exc:
            raise ValidationError(_WRONG_DIGIT) from exc
        except NumberError as exc:
            raise ValidationError("Un SIRET ne contient que des chiffres.") from exc


class PartnerNewForm(KeyedForm):
    """A partner that joins."""

    siret = SiretField(
        label="SIRET",
        max_length=30,
        help_text="14 chiffres, avec ou sans espaces : 732 829 320 00074. Il ne change plus.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = text(
        label="Nom", max_length=NAME_CHARS, help_text="Celui que les habitants connaissent."
    )
    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    refusals = {
        "partner_exists": ("siret", "Un partenaire avec ce SIRET existe déjà."),
        "siret_invalid": ("siret", _WRONG_DIGIT),
    }


class PartnerEditForm(VersionedForm):
    """A partner's name, nature, and whether it may serve at all."""

    name = text(label="Nom", max_length=NAME_CHARS)
    kind = forms.ChoiceField(label="Nature", choices=list(KINDS.items()))
    state = forms.ChoiceField(
        label="État",
        choices=list(STATES.items()),
        help_text="Suspendu : ses offres disparaissent du catalogue et ses bons ne peuvent plus "
        "être validés, jusqu’à sa réactivation.",
    )


class AgreementForm(KeyedForm):
    """A new agreement; set ``agreements``, those that the partner has, before it is checked."""

    reference = text(
        label="Référence de la convention",
        max_length=REFERENCE_CHARS,
        help_text="Celle de la délibération ou du contrat, par exemple 2026-CONV-042.",
    )
    starts_on = DayField(label="Premier jour")
    ends_on = DayField(
        label="Dernier jour", help_text="Compris : les bons sont acceptés ce jour-là encore."
    )
    refusals = {
        "agreement_overlaps": (
            "starts_on",
            "Une autre convention de ce partenaire couvre déjà une partie de ces dates.",
        ),
        "agreement_dates_invalid": ("ends_on", "La convention finit avant de commencer."),
    }

    agreements: Sequence[AgreementView] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last:
            self._check(first, last)
        return cleaned

    def is_known(self) -> bool:
        """The very same agreement is there: this form was sent before, and did its work."""
        data = self.cleaned_data
        wanted = (data.get("starts_on"), data.get("ends_on"), data.get("reference"))
        return wanted in {(one.starts_on, one.ends_on, one.reference) for one in self.agreements}

    def _check(self, first: date, last: date) -> None:
        if last < first:
            self.add_error("ends_on", "La convention finit avant de commencer.")
            return
        if last < timezone.localdate():
            self.add_error(
                "ends_on",
                "Cette convention est déjà finie : elle ne couvrirait aucune offre. Indiquez un "
                "dernier jour à venir.",
            )
            return
        other = overlapping(self.agreements, starts_on=first, ends_on=last)
        if other is not None and not self.is_known():
            begin, end = (date_format(day, "j F Y") for day in (other.starts_on, other.ends_on))
            self.add_error(
                "starts_on",
                f"Ces dates chevauchent la convention {other.reference} (du {begin} au {end}). Un "
                "jour ne peut relever que d’une convention : commencez le lendemain de sa fin.",
            )
