"""Supervisors' forms.  Times are those of Europe/Paris."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from agent_console.reports.models import Report
from agent_console.reports.selectors import report_find
from agent_console.wallet.rules import RuleTerms, RuleView

from .selectors import reward_of_report

POINTS_MAX = 1_000_000
BUDGET_MAX = 1_000_000_000
_MOMENT = "%Y-%m-%dT%H:%M"
_REQUIRED = {"required": "Renseignez ce champ.", "invalid": "Indiquez un nombre entier."}
REASONS = [
    ("wrong_person", "Mauvaise personne"),
    ("counted_twice", "Compté deux fois"),
    ("wrong_count", "Erreur de comptage"),
    ("fraud", "Fraude constatée"),
    ("service_failure", "Défaut de notre service"),
    ("court_decision", "Décision de justice ou du médiateur"),
]
KINDS = [
    ("reverse_reward", "Reprendre une récompense versée"),
    ("credit", "Ajouter des points"),
    ("debit", "Retirer des points"),
]


class OnceForm(forms.Form):
    """A form whose key makes a double click one request."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.help_text:
                field.widget.attrs["aria-describedby"] = f"aide-{name}"


def moment_field(label: str, help_text: str = "", *, required: bool = True) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        help_text=help_text,
        required=required,
        input_formats=[_MOMENT],
        widget=forms.DateTimeInput(format=_MOMENT, attrs={"type": "datetime-local"}),
        error_messages={
            "required": "Indiquez la date et l’heure.",
            "invalid": "Indiquez la date et l’heure, par exemple 01/03/2027 08:00.",
        },
    )


def count_field(
    label: str, help_text: str = "", *, low: int = 0, high: int, required: bool = True
) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=low,
        max_value=high,
        required=required,
        error_messages={
            **_REQUIRED,
            "min_value": "Indiquez %(limit_value)s au moins.",
            "max_value": "Indiquez %(limit_value)s au plus.",
        },
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class RuleForm(OnceForm):
    """A new version of a rule."""

    points = count_field("Points", "Pour une action. 0 : plus rien n’est versé.", high=POINTS_MAX)
    valid_from = moment_field(
        "En vigueur à partir de", "Laissez vide pour tout de suite.", required=False
    )
    cap_day_points = count_field(
        "Plafond par personne et par jour",
        "En points. Laissez vide pour aucun plafond.",
        low=1,
        high=POINTS_MAX,
        required=False,
    )
    cap_month_points = count_field(
        "Plafond par personne et par mois",
        "En points. Laissez vide pour aucun plafond.",
        low=1,
        high=POINTS_MAX,
        required=False,
    )
    cooling_off_minutes = count_field(
        "Délai entre deux récompenses", "En minutes. 0 : aucun délai.", high=31 * 24 * 60
    )
    auto_post_after_days = count_field(
        "Versement automatique après",
        "En jours. 0 : tout de suite. Laissez vide pour qu’un agent décide toujours.",
        high=365,
        required=False,
    )
    checked_percent = count_field(
        "Part vérifiée par un agent", "En %. Ces récompenses attendent toujours un agent.", high=100
    )
    campaign = forms.ChoiceField(
        label="Campagne", help_text="Les points sont pris sur son budget.", required=False
    )

    def __init__(self, *args: Any, campaigns: Iterable[tuple[str, str]] = (), **kw: Any) -> None:
        super().__init__(*args, **kw)
        field = self.fields["campaign"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Aucune"), *campaigns]

    @staticmethod
    def initial_of(rule: RuleView) -> dict[str, Any]:
        """The fields as the version ``rule`` has them."""
        return {
            "points": rule.points,
            "cap_day_points": rule.cap_day_points,
            "cap_month_points": rule.cap_month_points,
            "cooling_off_minutes": -(-rule.cooling_off_s // 60),
            "auto_post_after_days": rule.auto_post_after_days,
            "checked_percent": rule.checked_percent,
            "campaign": rule.campaign,
        }

    def terms(self) -> RuleTerms:
        """What a valid form says."""
        data = self.cleaned_data
        return RuleTerms(
            points=data["points"],
            valid_from=data["valid_from"],
            cap_day_points=data["cap_day_points"],
            cap_month_points=data["cap_month_points"],
            cooling_off_s=data["cooling_off_minutes"] * 60,
            auto_post_after_days=data["auto_post_after_days"],
            checked_percent=data["checked_percent"],
            campaign=data["campaign"],
        )


class CampaignForm(OnceForm):
    """A campaign: a time and a budget."""

    name = forms.CharField(label="Nom", max_length=120, error_messages=_REQUIRED)
    code = forms.RegexField(
        label="Code",
        help_text="Minuscules, chiffres et _, par exemple verre_printemps_2027.",
        regex=r"^[a-z][a-z0-9_]{2,39}$",
        error_messages={
            "required": "Renseignez ce champ.",
            "invalid": "3 à 40 minuscules, chiffres ou _ ; la première est une lettre.",
        },
    )
    starts_at = moment_field("Début")
    ends_at = moment_field("Fin", "À cette heure, plus rien n’est versé.")
    budget_points = count_field("Budget", "En points.", low=1, high=BUDGET_MAX)

    def clean(self) -> dict[str, Any]:
        """Start before end."""
        data = super().clean() or self.cleaned_data
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", "La fin doit suivre le début.")
        return data


class CorrectionForm(OnceForm):
    """What to mend, for whom, and why; another supervisor decides."""

    kind = forms.ChoiceField(label="Correction", choices=KINDS)
    reference = forms.CharField(
        label="Référence d’un signalement du citoyen",
        help_text="Neuf chiffres. Pour reprendre une récompense : celle de ce signalement.",
        max_length=40,
        required=False,
    )
    points = count_field(
        "Points",
        "Pour ajouter ou retirer. Une récompense est reprise entière.",
        low=1,
        high=POINTS_MAX,
        required=False,
    )
    reason = forms.ChoiceField(label="Motif", choices=REASONS)
    # Given by the page that leads here, instead of a reference.
    wallet = forms.UUIDField(required=False, widget=forms.HiddenInput)
    subject = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """Find the reward or the wallet that the correction is about."""
        data = super().clean() or self.cleaned_data
        report = self._report(data)
        if data.get("kind") == "reverse_reward":
            data["wallet"] = data["points"] = None
            if report is not None:
                data["subject"] = reward_of_report(report=report)
                if data["subject"] is None:
                    self.add_error("reference", "Ce signalement n’a pas de récompense.")
            elif not data.get("subject") and "reference" not in self.errors:
                self.add_error("reference", "Indiquez la référence du signalement.")
            return data
        data["subject"] = None
        if not data.get("points") and "points" not in self.errors:
            self.add_error("points", "Indiquez le nombre de points.")
        if report is not None:
            data["wallet"] = report.resident.wallet_id if report.resident else None
            if data["wallet"] is None:
                self.add_error("reference", "Ce citoyen n’a pas encore de porte-monnaie.")
        elif not data.get("wallet") and "reference" not in self.errors:
            self.add_error("reference", "Indiquez la référence d’un de ses signalements.")
        return data

    def _report(self, data: dict[str, Any]) -> Report | None:
        reference = str(data.get("reference") or "").strip()
        if not reference:
            return None
        report = report_find(reference=reference)
        if report is None:
            self.add_error("reference", "Aucun signalement ne porte cette référence.")
        return report
