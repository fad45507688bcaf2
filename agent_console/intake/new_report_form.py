"""What an operator writes down for somebody who phones, writes or comes to the counter."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from agent_console.citizens.models import ChannelCode
from agent_console.photos.errors import PhotoUnknown
from agent_console.reports.asking import similar_to_words
from agent_console.reports.errors import ReportError
from agent_console.reports.intake import ANSWER_CHARS_MAX, Intake, place_resolve
from agent_console.reports.models import Category, OnBehalf, Question, QuestionKind
from agent_console.reports.similar import Similar

CHANNELS = (ChannelCode.PHONE, ChannelCode.EMAIL, ChannelCode.LETTER, ChannelCode.COUNTER)
SIMILAR_MAX = 5
_ANSWER = "answer_"
_POSITION = re.compile(r"^\s*(-?\d{1,3}[.,]\d+)\s*[,;\s]\s*(-?\d{1,3}[.,]\d+)\s*$")
# Names of the services' errors → fields of this form.
_FIELDS = {
    "category": "category_code",
    "commune": "commune",
    "address": "address",
    "latitude": "position",
    "channel": "channel",
    "photos": "photos",
}


class PhotosField(forms.Field):
    """Numbers of photos that were sent already; ``photos_attach`` decides about them."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> tuple[uuid.UUID, ...]:
        photo_ids = _numbers(value or ())
        if len(photo_ids) < len(value or ()):
            raise forms.ValidationError(PhotoUnknown.message)
        return photo_ids


class NewReportForm(forms.Form):
    """The form, with the questions of the category that is chosen in ``data``.

    ``key`` makes a double click the same report.  ``seen``: references that were shown as perhaps
    the same; ``asked``: the category whose questions were shown.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        label="Reçu par", choices=[(code.value, code.label) for code in CHANNELS]
    )
    category_code = forms.ModelChoiceField(
        label="Catégorie",
        queryset=Category.objects.select_related("service").order_by("service__label", "label_fr"),
        empty_label="À choisir",
        error_messages={
            "required": "Choisissez une catégorie.",
            "invalid_choice": "Choisissez une catégorie de la liste.",
        },
    )
    address = forms.CharField(
        label="Adresse", required=False, max_length=200, help_text="Numéro et rue"
    )
    commune = forms.CharField(
        label="Commune ou code postal", required=False, max_length=200,
        widget=forms.TextInput(attrs={"list": "communes", "autocomplete": "off"}),
    )  # fmt: skip
    place = forms.CharField(
        label="Repère",
        required=False,
        max_length=200,
        help_text="Par exemple\u00a0: devant l’école",
    )
    position = forms.CharField(
        label="Position", required=False, max_length=60,
        help_text="Latitude et longitude, par exemple 43,29650\u00a0; 5,36980",
    )  # fmt: skip
    description = forms.CharField(
        label="Ce que dit la personne",
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Sans nom, numéro de téléphone ni plaque d’immatriculation.",
    )
    on_behalf = forms.ChoiceField(label="Pour qui", choices=OnBehalf.choices)
    photos = PhotosField(label="Photos", required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.category = _category(data.get("category_code") if data else None)
        for question in self.questions:
            self.fields[_ANSWER + question.code] = _answer_field(question)
        self.fields["category_code"].widget.choices = list(_by_service())

    @classmethod
    def fresh(cls) -> NewReportForm:
        """The form of a page that is opened anew."""
        return cls(initial={"key": uuid.uuid4(), "channel": ChannelCode.PHONE})

    @property
    def questions(self) -> list[Question]:
        """Those of the chosen category."""
        return list(self.category.questions.all()) if self.category else []

    @property
    def answer_fields(self) -> list[forms.BoundField]:
        """The questions as the page shows them."""
        return [self[name] for name in self.fields if name.startswith(_ANSWER)]

    @property
    def asked(self) -> str:
        """The category whose questions this form shows."""
        return self.category.pk if self.category else ""

    def clean_position(self) -> tuple[float, float] | None:
        """Degrees; raises for anything that isn't two of them."""
        text = self.cleaned_data["position"]
        if not text:
            return None
        match = _POSITION.match(text)
        if match is None:
            raise forms.ValidationError("Indiquez une latitude et une longitude, ou rien.")
        return float(match[1].replace(",", ".")), float(match[2].replace(",", "."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors:
            try:
                place_resolve(self.intake(created_by=None))
            except ReportError as refusal:
                self.refuse(refusal)
        return cleaned

    @property
    def photo_ids(self) -> tuple[uuid.UUID, ...]:
        """The photos that this form holds, also while something of it is refused."""
        return _numbers(self["photos"].value() or ())

    def intake(self, *, created_by: User | None) -> Intake:
        """What was written, for ``report_create``."""
        said = self.cleaned_data
        latitude, longitude = said.get("position") or (None, None)
        return Intake(
            category_code=said["category_code"].pk,
            channel=said["channel"],
            address=said["address"],
            commune=said["commune"],
            place=said["place"],
            latitude=latitude,
            longitude=longitude,
            description=said["description"],
            answers={
                question.code: said.get(_ANSWER + question.code) or ""
                for question in self.questions
            },
            on_behalf=said["on_behalf"],
            created_by=created_by,
            photos=self.photo_ids,
        )

    def refuse(self, refusal: ReportError) -> None:
        """Show what a service refused beside the field that it is about."""
        for name in refusal.fields:
            answer = name.replace("answers.", _ANSWER)
            field = _FIELDS.get(name) or (answer if answer in self.fields else None)
            self.add_error(field, refusal.message)
            return
        self.add_error(None, refusal.message)

    def similar(self) -> list[Similar]:
        """Reports that may be the same as what is written so far; what does not fit is left out."""
        self.is_valid()
        said = self.cleaned_data
        if self.category is None:
            return []
        latitude, longitude = said.get("position") or (None, None)
        return similar_to_words(
            category=self.category,
            latitude=latitude,
            longitude=longitude,
            address=said.get("address") or "",
            commune=said.get("commune") or "",
            place=said.get("place") or "",
            text=said.get("description") or "",
            at=timezone.now(),
            limit=SIMILAR_MAX,
        )


def _numbers(texts: Iterable[Any]) -> tuple[uuid.UUID, ...]:
    """Each once; what is no number is left out."""
    found: dict[uuid.UUID, None] = {}
    for text in texts:
        with suppress(ValueError):
            found[uuid.UUID(str(text))] = None
    return tuple(found)


def _category(code: Any) -> Category | None:
    return Category.objects.prefetch_related("questions").filter(pk=code).first() if code else None


def _by_service() -> Iterator[tuple[str, Any]]:
    """The categories as option groups."""
    yield "", "À choisir"
    groups: dict[str, list[tuple[str, str]]] = {}
    for category in Category.objects.select_related("service").order_by(
        "service__label", "label_fr"
    ):
        groups.setdefault(category.service.label, []).append((category.pk, category.label_fr))
    yield from groups.items()


def _answer_field(question: Question) -> forms.Field:
    """Never required: a report without the answer is better than none."""
    if question.kind == QuestionKind.CHOICE:
        choices = [(row["code"], row["label_fr"]) for row in question.choices]
        return forms.ChoiceField(
            label=question.label_fr, required=False, choices=[("", "Ne sait pas"), *choices]
        )
    is_number = question.kind == QuestionKind.NUMBER
    return forms.RegexField(
        regex=r"^[0-9]*$" if is_number else r"^",
        label=question.label_fr,
        required=False,
        max_length=ANSWER_CHARS_MAX,
        error_messages={"invalid": "Indiquez un nombre entier."},
        widget=forms.TextInput(attrs={"inputmode": "numeric"} if is_number else {}),
    )
