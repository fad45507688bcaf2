"""What a supervisor says about a missed sentence, and how the list is narrowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms

from agent_console.masking.spans import Kind
from agent_console.meanings import (
    REPORT,
    UNSPECIFIED,
    entities,
    intents,
    intents_by_topic,
    unspecified_label,
)
from agent_console.reports.models import Category

from .patch import Example
from .sentence import KINDS, WordsMissing, clean, marked, masked_further
from .workflow import Reason, State

_KIND_LABELS = {
    Kind.PERSON: "Une personne",
    Kind.PHONE: "Un téléphone",
    Kind.PLATE: "Une plaque",
    Kind.EMAIL: "Une adresse e-mail",
    Kind.IBAN: "Un compte bancaire",
    Kind.DOOR: "Un numéro de rue, un étage, une porte, un code",
}
_BETWEEN = ";"


class CorrectionForm(forms.Form):
    """The meaning of ``sentence``, words to hide in it, words that name something.

    Words are those of the sentence, several parted by semicolons; nothing can be written into it.
    """

    intent = forms.ChoiceField(
        label="Ce que la personne voulait",
        error_messages={
            "required": "Choisissez une intention.",
            "invalid_choice": "Choisissez une intention de la liste.",
        },
    )
    category = forms.ChoiceField(
        label="Catégorie du signalement",
        required=False,
        help_text="Seulement pour « Signaler un problème ».",
        error_messages={"invalid_choice": "Choisissez une catégorie de la liste."},
    )
    shown = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)

    def __init__(self, *args: Any, sentence: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sentence = sentence
        self._example: Example | None = None
        self._set_choices()
        for kind in KINDS:
            self._add_words(f"mask_{kind}", _KIND_LABELS[kind], "")
        for name, one in entities().items():
            self._add_words(f"entity_{name}", one.label, one.help)

    @property
    def example(self) -> Example:
        """What the assistant would learn; once the form is valid."""
        assert self._example is not None
        return self._example

    @property
    def tag(self) -> str:
        """What the preview shows: it comes back with the act, so that this very thing is kept."""
        return f"{self.example.intent}/{self.example.category} {self.example.line}"

    @property
    def is_shown(self) -> bool:
        """Whether what is sent is what was shown before."""
        return bool(self.cleaned_data["shown"] == self.tag)

    @property
    def masks(self) -> list[forms.BoundField]:
        """The fields of words to hide."""
        return [self[f"mask_{kind}"] for kind in KINDS]

    @property
    def names(self) -> list[forms.BoundField]:
        """The fields of entities."""
        return [self[f"entity_{name}"] for name in entities()]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        is_report = data.get("intent") == REPORT
        if is_report and not data.get("category") and "category" not in self.errors:
            self.add_error("category", "Choisissez la catégorie du signalement.")
        text = self._hide(data)
        try:
            marks = marked(text, {name: _words(data[f"entity_{name}"]) for name in entities()})
        except WordsMissing as missing:
            self._refuse("entity_", missing)
        else:
            category = data.get("category", "") if is_report else ""
            self._example = Example(data.get("intent", ""), category, text, tuple(marks))
        return data

    def _hide(self, data: dict[str, Any]) -> str:
        text = self._sentence
        for kind in KINDS:
            try:
                text = masked_further(text, _words(data[f"mask_{kind}"]), kind)
            except WordsMissing as missing:
                self._refuse("mask_", missing)
        return text

    def _refuse(self, prefix: str, missing: WordsMissing) -> None:
        message = f"« {missing.words} » n’est pas dans la phrase, ou y est déjà pris."
        for name in [name for name in self.fields if name.startswith(prefix)]:
            if missing.words in _words(self.cleaned_data.get(name, "")):
                self.add_error(name, message)

    def _set_choices(self) -> None:
        topics = [
            (topic, [(name, f"{one.label} – {one.help}") for name, one in several.items()])
            for topic, several in intents_by_topic().items()
        ]
        self.fields["intent"].choices = [("", "Choisir…"), *topics]  # type: ignore[attr-defined]
        self.fields["category"].choices = [("", "Aucune"), *categories()]  # type: ignore[attr-defined]

    def _add_words(self, name: str, label: str, help_text: str) -> None:
        self.fields[name] = forms.CharField(
            label=label, required=False, help_text=help_text, max_length=2000
        )


class RefusalForm(forms.Form):
    """Why a correction is refused."""

    reason = forms.ChoiceField(
        label="Motif du refus",
        choices=[("", "Choisir…"), *Reason.choices],
        error_messages={
            "required": "Choisissez un motif.",
            "invalid_choice": "Choisissez un motif.",
        },
    )


class AskedForm(forms.Form):
    """Which corrections the list shows."""

    etat = forms.ChoiceField(
        label="État", required=False, choices=[("toutes", "Toutes"), *State.choices]
    )
    intention = forms.ChoiceField(label="Intention", required=False)
    compris = forms.CharField(required=False, widget=forms.HiddenInput)
    export = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        several = [(name, one.label) for name, one in intents().items()]
        self.fields["intention"].choices = [("", "Toutes"), *several]  # type: ignore[attr-defined]


def categories() -> Iterator[tuple[str, str]]:
    """Codes and labels: those of the console, and the one that says nothing of the subject."""
    yield from Category.objects.order_by("label_fr").values_list("code", "label_fr")
    yield UNSPECIFIED, unspecified_label()


def _words(given: str) -> list[str]:
    return [one for one in map(clean, given.split(_BETWEEN)) if one]
