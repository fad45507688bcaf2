"""One form per kind of rule; fields that programs rely on (codes) are set once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from agent_console.citizens.models import ChannelCode
from agent_console.conversations.desk.models import ReplyTemplate
from agent_console.conversations.desk.templating import VARIABLES, variables_unknown
from agent_console.conversations.models import QuietHours
from agent_console.meanings import intents_by_topic
from agent_console.opening.hours import MIDNIGHT
from agent_console.opening.models import DeskDay, DeskException
from agent_console.places.models import Commune
from agent_console.reports.models import (
    Body,
    Category,
    CompetenceRule,
    DeadlineOverride,
    Handover,
    OnCallSettings,
    Question,
    QuestionKind,
    ServiceHours,
)

_HOURS_MAX = 24 * 366
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


if TYPE_CHECKING:
    SettingForm = forms.ModelForm[Any]
else:
    SettingForm = forms.ModelForm


def _communes() -> Any:
    return Commune.objects.order_by("search_name")


class CategoryForm(SettingForm):
    target_hours = forms.IntegerField(
        label="Délai visé, en heures",
        min_value=1,
        max_value=_HOURS_MAX,
        help_text="En heures ouvrées, 24 heures comptent pour un jour de service.",
    )
    duplicate_radius_m = forms.IntegerField(
        label="Doublons : rayon, en mètres", min_value=0, max_value=2000
    )
    duplicate_age_days = forms.IntegerField(
        label="Doublons : ancienneté, en jours", min_value=0, max_value=366
    )
    reopen_days = forms.IntegerField(
        label="Réouverture possible, en jours", min_value=0, max_value=366
    )

    class Meta:
        model = Category
        fields = [
            "label_fr",
            "label_en",
            "service",
            "clock",
            "target_hours",
            "family",
            "duplicate_radius_m",
            "duplicate_age_days",
            "reopen_days",
        ]
        labels = {
            "label_fr": "Nom en français",
            "label_en": "Nom en anglais",
            "service": "Service chargé",
            "clock": "Horloge",
            "family": "Famille (pour les doublons ; vide : jamais comparé)",
        }


class QuestionForm(SettingForm):
    choices_text = forms.CharField(
        label="Choix",
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Un choix par ligne : code | français | anglais. Pour les questions à choix.",
    )

    class Meta:
        model = Question
        fields = ["category", "code", "label_fr", "label_en", "kind", "is_required", "position"]
        labels = {
            "category": "Catégorie",
            "code": "Code (lettres minuscules et tirets bas)",
            "label_fr": "Question en français",
            "label_en": "Question en anglais",
            "kind": "Réponse attendue",
            "is_required": "Redemander tant qu’il n’y a pas de réponse",
            "position": "Rang",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].validators.append(_code)
        rows = self.instance.choices or []
        self.fields["choices_text"].initial = "\n".join(
            f"{row['code']} | {row['label_fr']} | {row['label_en']}" for row in rows
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        lines = [line for line in cleaned.get("choices_text", "").splitlines() if line.strip()]
        rows = [[part.strip() for part in line.split("|")] for line in lines]
        if cleaned.get("kind") != QuestionKind.CHOICE:
            rows = []
        elif len(rows) < 2 or any(len(row) != 3 or not all(row) for row in rows):
            self.add_error(
                "choices_text", "Donnez deux choix ou plus, chacun : code | français | anglais."
            )
            return cleaned
        self.instance.choices = [
            {"code": code, "label_fr": french, "label_en": english}
            for code, french, english in rows
        ]
        return cleaned


class DeadlineForm(SettingForm):
    target_hours = forms.IntegerField(
        label="Délai visé, en heures", min_value=1, max_value=_HOURS_MAX
    )
    commune = forms.ModelChoiceField(label="Commune", queryset=Commune.objects.none())

    class Meta:
        model = DeadlineOverride
        fields = ["category", "commune", "clock", "target_hours"]
        labels = {"category": "Catégorie", "clock": "Horloge"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _set_communes(self)


class HoursForm(SettingForm):
    class Meta:
        model = ServiceHours
        fields = ["opens_at", "closes_at"]
        labels = {"opens_at": "Ouverture (vide : fermé)", "closes_at": "Fermeture (vide : fermé)"}
        widgets = {"opens_at": _TIME, "closes_at": _TIME}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        if (opens is None) != (closes is None) or (opens and closes and closes <= opens):
            self.add_error(
                "closes_at", "La fermeture suit l’ouverture ; ou laissez les deux vides."
            )
        return cleaned


class _DeskForm(SettingForm):
    """Both times, or neither; the day may end at midnight."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, closes = cleaned.get("opens_at"), cleaned.get("closes_at")
        is_broken = opens is not None and closes is not None and MIDNIGHT != closes <= opens
        if not self.errors and ((opens is None) != (closes is None) or is_broken):
            self.add_error(
                "closes_at", "La fermeture suit l’ouverture ; ou laissez les deux vides."
            )
        return cleaned


class DeskDayForm(_DeskForm):
    class Meta:
        model = DeskDay
        fields = ["opens_at", "closes_at"]
        labels = {"opens_at": "Ouverture (vide : fermé)", "closes_at": "Fermeture (vide : fermé)"}
        help_texts = {"closes_at": "00:00 : minuit. De 00:00 à 00:00 : jour et nuit."}
        widgets = {"opens_at": _TIME, "closes_at": _TIME}


class DeskExceptionForm(_DeskForm):
    class Meta:
        model = DeskException
        fields = ["first_day", "last_day", "opens_at", "closes_at", "reason"]
        labels = {
            "first_day": "Premier jour",
            "last_day": "Dernier jour (compris)",
            "opens_at": "Ouverture (vide : fermé)",
            "closes_at": "Fermeture (vide : fermé)",
            "reason": "Motif",
        }
        help_texts = {
            "closes_at": "00:00 : minuit.",
            "reason": "Les habitants le lisent, par exemple « Inventaire ».",
        }
        widgets = {
            "first_day": _DATE,
            "last_day": _DATE,
            "opens_at": _TIME,
            "closes_at": _TIME,
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "Le dernier jour suit le premier, ou c’est le même.")
        return cleaned


class ReplyTemplateForm(SettingForm):
    """A supervisor's words, offered to agents."""

    intent = forms.ChoiceField(
        label="Répond à",
        required=False,
        help_text="Quand l’assistant comprend cela, elle est proposée à qui répond. Elle n’est"
        " jamais envoyée d’elle-même.",
    )

    class Meta:
        model = ReplyTemplate
        fields = ["name", "text", "locale", "intent", "is_active"]
        widgets = {"text": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "text": "Variables possibles : "
            + ", ".join(f"{{{name}}} ({what})" for name, what in VARIABLES.items())
            + "."
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        intent = self.fields["intent"]
        assert isinstance(intent, forms.ChoiceField)
        intent.choices = [
            ("", "Rien en particulier"),
            *(
                (topic, [(name, one.label) for name, one in several.items()])
                for topic, several in intents_by_topic().items()
            ),
        ]

    def clean_text(self) -> str:
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        if unknown := variables_unknown(text):
            raise forms.ValidationError(
                f"Cette variable n’existe pas : {{{unknown[0]}}}.", code="variable_unknown"
            )
        return text


class BodyForm(SettingForm):
    web = forms.URLField(label="Site web", required=False, assume_scheme="https")

    class Meta:
        model = Body
        fields = ["code", "name", "kind", "handover", "phone", "email", "web"]
        labels = {
            "code": "Code",
            "name": "Nom, tel que le citoyen le lit",
            "kind": "Nature",
            "handover": "Comment il reçoit",
            "phone": "Téléphone",
            "email": "Courriel",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_default = False  # a person has looked at it
        if not self.instance._state.adding:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("handover") == Handover.EMAIL and not cleaned.get("email"):
            self.add_error("email", "Il faut une adresse pour transmettre par courriel.")
        return cleaned


class RuleForm(SettingForm):
    commune = forms.ModelChoiceField(
        label="Commune", queryset=Commune.objects.none(), required=False, empty_label="Toutes"
    )
    priority = forms.IntegerField(
        label="Priorité",
        min_value=0,
        max_value=1000,
        help_text="La plus haute décide ; à égalité, la règle la plus précise.",
    )

    class Meta:
        model = CompetenceRule
        fields = ["category", "commune", "body", "priority"]
        labels = {"category": "Catégorie", "body": "Organisme compétent"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.is_default = False
        self.fields["category"].empty_label = "Toutes"  # type: ignore[attr-defined]
        _set_communes(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        same = CompetenceRule.objects.filter(
            category=cleaned.get("category"),
            commune=cleaned.get("commune"),
            priority=cleaned.get("priority", 0),
        ).exclude(pk=self.instance.pk)
        if not self.errors and same.exists():
            self.add_error("priority", "Une autre règle dit la même chose à la même priorité.")
        return cleaned


class QuietForm(SettingForm):
    silent_channels = forms.MultipleChoiceField(
        label="Canaux qui ne sonnent pas (envoyés à toute heure)",
        choices=ChannelCode.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = QuietHours
        fields = [
            "starts_at",
            "ends_at",
            "are_sundays_quiet",
            "are_holidays_quiet",
            "silent_channels",
        ]
        labels = {
            "starts_at": "Début",
            "ends_at": "Fin",
            "are_sundays_quiet": "Le dimanche aussi",
            "are_holidays_quiet": "Les jours fériés aussi",
        }
        widgets = {"starts_at": _TIME, "ends_at": _TIME}


class OnCallForm(SettingForm):
    repeat_minutes = forms.IntegerField(
        label="Rappel toutes les … minutes", min_value=1, max_value=240
    )
    levels = forms.IntegerField(label="Nombre de niveaux", min_value=1, max_value=9)

    class Meta:
        model = OnCallSettings
        fields = ["repeat_minutes", "levels"]


def _set_communes(form: SettingForm) -> None:
    form.fields["commune"].queryset = _communes()  # type: ignore[attr-defined]


def _code(value: str) -> None:
    if not (value.isascii() and value.replace("_", "a").isalpha() and value.islower()):
        raise forms.ValidationError("Des lettres minuscules et des tirets bas seulement.")
