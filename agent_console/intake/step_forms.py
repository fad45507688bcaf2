"""Forms of the steps of a report: one per action, each with names of its own on the page."""

from __future__ import annotations

from typing import Any

from django import forms

from agent_console.places.models import Commune
from agent_console.reports.models import Body, BodyKind, Category, Report, Service
from agent_console.reports.selectors import report_find
from agent_console.reports.workflow import RejectionReason

REASON_MAX_CHARS = 300
_TOO_LONG = "Le motif est trop long : %(limit_value)d caractères au plus."


class StepForm(forms.Form):
    """A step that asks nothing; ``arguments`` are what its service takes beside the report."""

    def __init__(self, data: Any = None, *, action: str = "", report: Report | None = None) -> None:
        super().__init__(data, auto_id=f"id_{action}_%s")
        self.report = report
        for name, field in self.fields.items():
            if self.errors.get(name):
                field.widget.attrs["aria-describedby"] = f"id_{action}_{name}_error"
                field.widget.attrs["aria-invalid"] = "true"

    def arguments(self) -> dict[str, Any]:
        """Of the cleaned form."""
        return dict(self.cleaned_data)


def _reason(label: str, *, is_required: bool = True, missing: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=is_required,
        max_length=REASON_MAX_CHARS,
        error_messages={"required": missing or "Indiquez pourquoi.", "max_length": _TOO_LONG},
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RejectForm(StepForm):
    """Why a report is not followed up; the citizen reads it."""

    reason_code = forms.ChoiceField(
        label="Motif", required=False, choices=[("", "À choisir"), *RejectionReason.choices]
    )
    reason = _reason("Précisions", is_required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        says_nothing = cleaned.get("reason_code") in ("", "other") and not cleaned.get("reason")
        if says_nothing and "reason" not in self.errors:
            self.add_error("reason", "Indiquez le motif du rejet.")
        return cleaned


class ReasonForm(StepForm):
    reason = _reason("Pourquoi")


class ResolveForm(StepForm):
    reason = _reason("Ce qui a été fait (facultatif, le citoyen le lit)", is_required=False)


class AssignForm(StepForm):
    """The service that deals with it; the category's own comes first."""

    service_code = forms.ModelChoiceField(
        label="Service",
        queryset=Service.objects.order_by("label"),
        empty_label=None,
        error_messages={"invalid_choice": "Choisissez un service de la liste."},
    )

    def __init__(self, data: Any = None, *, action: str = "", report: Report | None = None) -> None:
        super().__init__(data, action=action, report=report)
        if report is not None:
            self.fields["service_code"].initial = report.assigned_to_id

    def arguments(self) -> dict[str, Any]:
        return {"service_code": self.cleaned_data["service_code"].pk}


class DuplicateForm(StepForm):
    """The reference of the report that tells of the same problem."""

    original = forms.CharField(
        label="Référence de l’autre signalement",
        max_length=20,
        error_messages={"required": "Indiquez la référence de l’autre signalement."},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_original(self) -> Report:
        found = report_find(reference=self.cleaned_data["original"])
        if found is None:
            raise forms.ValidationError("Aucun signalement ne porte cette référence.")
        return found

    def arguments(self) -> dict[str, Any]:
        return {"original_id": self.cleaned_data["original"].pk}


class RecategoriseForm(StepForm):
    category_code = forms.ModelChoiceField(
        label="Nouvelle catégorie",
        queryset=Category.objects.order_by("label_fr"),
        empty_label=None,
        error_messages={"invalid_choice": "Choisissez une catégorie de la liste."},
    )

    def __init__(self, data: Any = None, *, action: str = "", report: Report | None = None) -> None:
        super().__init__(data, action=action, report=report)
        if report is not None:
            self.fields["category_code"].initial = report.category_id

    def arguments(self) -> dict[str, Any]:
        return {"category_code": self.cleaned_data["category_code"].pk}


class CommuneForm(StepForm):
    """Communes and arrondissements, whether or not any address is loaded."""

    commune_code = forms.ModelChoiceField(
        label="Commune ou arrondissement",
        queryset=Commune.objects.order_by("search_name", "insee"),
        empty_label="À choisir",
        error_messages={
            "required": "Choisissez une commune.",
            "invalid_choice": "Choisissez une commune de la liste.",
        },
    )

    def __init__(self, data: Any = None, *, action: str = "", report: Report | None = None) -> None:
        super().__init__(data, action=action, report=report)
        if report is not None:
            self.fields["commune_code"].initial = report.commune_id

    def arguments(self) -> dict[str, Any]:
        return {"commune_code": self.cleaned_data["commune_code"].pk}


class ForwardForm(StepForm):
    body_code = forms.ModelChoiceField(
        label="Organisme",
        queryset=Body.objects.exclude(kind=BodyKind.METROPOLIS),
        empty_label=None,
        error_messages={"invalid_choice": "Choisissez un organisme de la liste."},
    )

    def arguments(self) -> dict[str, Any]:
        return {"body_code": self.cleaned_data["body_code"].pk}
