"""What can be set, in the order of the page; adding a kind of rule is a line here and its form.

Each kind names the permission that it needs: whoever steers the desk need not set deadlines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import ModelForm

from agent_console.case_admin import forms
from agent_console.conversations.desk.models import ReplyTemplate
from agent_console.conversations.models import QuietHours
from agent_console.opening.hours import Span
from agent_console.opening.models import DeskDay, DeskException
from agent_console.opening.words import span_words
from agent_console.reports.models import (
    Body,
    Category,
    CompetenceRule,
    DeadlineOverride,
    OnCallSettings,
    Question,
    ServiceHours,
)

REPORTS = "case_admin.change_settings"
DESK = "conversations.manage_desk"
HOURS = "opening.change_hours"
_ALL_DAY_NOTE = "00:00 à 00:00 : jour et nuit."


@dataclass(frozen=True)
class Section:
    """``describe`` says a row in one line; ``is_single``: one row that is always there."""

    label: str
    explains: str
    form: type[ModelForm[Any]]
    rows: Callable[[], QuerySet[Any]]
    describe: Callable[[Any], str]
    permission: str = REPORTS
    may_add: bool = False
    may_delete: bool = False
    is_single: bool = False

    @property
    def model(self) -> type[Model]:
        """The table."""
        return self.form._meta.model

    def find(self, key: str) -> Any:
        """A row by its key, or ``None``; the only row is made on first need."""
        if self.is_single:
            return self.model._default_manager.get_or_create(pk=1)[0]
        try:
            return self.rows().filter(pk=key).first()
        except (ValueError, TypeError):
            return None


def _rule(row: CompetenceRule) -> str:
    category = row.category.label_fr if row.category else "Toutes les catégories"
    commune = row.commune.name if row.commune else "toutes les communes"
    mark = " (exemple à vérifier)" if row.is_default else ""
    return f"{category}, {commune} → {row.body.name}, priorité {row.priority}{mark}"


def _hours(row: ServiceHours) -> str:
    if row.opens_at is None or row.closes_at is None:
        return f"{row.get_weekday_display()} : fermé"
    return f"{row.get_weekday_display()} : {row.opens_at:%H:%M}–{row.closes_at:%H:%M}"


def _span(row: DeskDay | DeskException) -> str:
    if row.opens_at is None or row.closes_at is None:
        return span_words(None)
    return span_words(Span(row.opens_at, row.closes_at))


def _exception(row: DeskException) -> str:
    days = f"Le {row.first_day:%d/%m/%Y}"
    if row.last_day != row.first_day:
        days = f"Du {row.first_day:%d/%m/%Y} au {row.last_day:%d/%m/%Y}"
    return f"{days} : {_span(row)}" + (f" ({row.reason})" if row.reason else "")


def _reply(row: ReplyTemplate) -> str:
    state = "" if row.is_active else ", plus proposée"
    return f"{row.name} ({row.get_locale_display()}{state})"


SECTIONS: dict[str, Section] = {
    "desk": Section(
        label="Horaires d’accueil",
        explains="Quand une personne répond, au téléphone et par écrit : l’assistant, le répondeur"
        " et la page « Nous joindre » les annoncent. " + _ALL_DAY_NOTE,
        form=forms.DeskDayForm,
        rows=lambda: DeskDay.objects.all(),
        describe=lambda row: f"{row.get_kind_display()} : {_span(row)}",
        permission=HOURS,
    ),
    "closures": Section(
        label="Fermetures et horaires exceptionnels",
        explains="Des jours où l’accueil est fermé ou suit d’autres horaires ; ils l’emportent sur"
        " la semaine et sur les jours fériés.",
        form=forms.DeskExceptionForm,
        rows=lambda: DeskException.objects.order_by("-first_day", "-id"),
        describe=_exception,
        permission=HOURS,
        may_add=True,
        may_delete=True,
    ),
    "replies": Section(
        label="Réponses types",
        explains="Ce que les agents peuvent insérer d’un geste dans une réponse.",
        form=forms.ReplyTemplateForm,
        rows=lambda: ReplyTemplate.objects.all(),
        describe=_reply,
        permission=DESK,
        may_add=True,
        may_delete=True,
    ),
    "categories": Section(
        label="Catégories",
        explains="Noms, service chargé, délai, doublons, réouverture. Les points se règlent dans"
        " « Points ».",
        form=forms.CategoryForm,
        rows=lambda: Category.objects.select_related("service").order_by("label_fr"),
        describe=lambda row: f"{row.label_fr} ({row.service.label}, {row.target_hours} h)",
    ),
    "questions": Section(
        label="Questions",
        explains="Ce qui est demandé en plus, seulement si le citoyen ne l’a pas déjà dit.",
        form=forms.QuestionForm,
        rows=lambda: Question.objects.select_related("category").order_by(
            "category__label_fr", "position"
        ),
        describe=lambda row: f"{row.category.label_fr} : {row.label_fr}",
        may_add=True,
        may_delete=True,
    ),
    "deadlines": Section(
        label="Délais par commune",
        explains="Un autre délai pour une catégorie dans une commune ; il l’emporte.",
        form=forms.DeadlineForm,
        rows=lambda: DeadlineOverride.objects.select_related("category", "commune").order_by(
            "category__label_fr", "commune__name"
        ),
        describe=lambda row: (
            f"{row.category.label_fr}, {row.commune.name} : {row.target_hours} h,"
            f" {row.get_clock_display().lower()}"
        ),
        may_add=True,
        may_delete=True,
    ),
    "hours": Section(
        label="Heures de service",
        explains="Quand les délais en heures ouvrées courent ; jamais un jour férié.",
        form=forms.HoursForm,
        rows=lambda: ServiceHours.objects.all(),
        describe=_hours,
    ),
    "bodies": Section(
        label="Organismes",
        explains="Qui peut être compétent, et comment il reçoit ce qui le concerne.",
        form=forms.BodyForm,
        rows=lambda: Body.objects.all(),
        describe=lambda row: (
            f"{row.name} ({row.get_kind_display().lower()})"
            + (" – exemple à vérifier" if row.is_default else "")
        ),
        may_add=True,
    ),
    "rules": Section(
        label="Qui est compétent",
        explains="Catégorie et commune → organisme.",
        form=forms.RuleForm,
        rows=lambda: CompetenceRule.objects.select_related("category", "commune", "body"),
        describe=_rule,
        may_add=True,
        may_delete=True,
    ),
    "quiet": Section(
        label="Heures calmes",
        explains="Quand un avis attend avant d’être envoyé.",
        form=forms.QuietForm,
        rows=lambda: QuietHours.objects.all(),
        describe=lambda row: f"De {row.starts_at:%H:%M} à {row.ends_at:%H:%M}",
        is_single=True,
    ),
    "oncall": Section(
        label="Astreinte",
        explains="Comment un danger est rappelé tant que personne ne l’a pris en charge.",
        form=forms.OnCallForm,
        rows=lambda: OnCallSettings.objects.all(),
        describe=lambda row: f"Toutes les {row.repeat_minutes} minutes, {row.levels} niveaux",
        is_single=True,
    ),
}


def sections_of(may: Callable[[str], bool]) -> dict[str, Section]:
    """Those that somebody may set; ``may`` tells whether they hold a permission."""
    return {slug: kind for slug, kind in SECTIONS.items() if may(kind.permission)}
