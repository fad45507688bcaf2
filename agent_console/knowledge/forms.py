"""An article as a supervisor writes it, its review, and how the list is narrowed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import User
from django.utils import timezone

from .models import ANSWER_CHARS_MAX, CONTENT, Article
from .selectors import owners
from .workflow import State

_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_URL = re.compile(r"https://[^\s<>\"]+|/[a-z0-9/_-]+/")

if TYPE_CHECKING:
    _ArticleForm = forms.ModelForm[Article]
    _Owner = forms.ModelChoiceField[User]
else:
    _ArticleForm = forms.ModelForm
    _Owner = forms.ModelChoiceField


class OwnerField(_Owner):
    """A colleague by their name."""

    def label_from_instance(self, obj: User) -> str:
        """As colleagues know them."""
        return obj.get_full_name() or obj.get_username()


class ArticleForm(_ArticleForm):
    """Everything but the state; ``seen`` is the version that the page showed."""

    owner = OwnerField(
        queryset=User.objects.none(),
        label="Responsable",
        required=False,
        empty_label="Personne",
        help_text="Qui répond de l’article et le relit. Nécessaire pour publier.",
    )

    class Meta:
        model = Article
        fields = ["code", *CONTENT, "owner", "review_on"]
        labels = {
            "code": "Code",
            "title_fr": "Titre",
            "questions_fr": "Questions, comme les gens les posent",
            "answer_fr": "Réponse à dire",
            "body_fr": "Précisions pour les collègues",
            "title_en": "Titre en anglais",
            "questions_en": "Questions en anglais",
            "answer_en": "Réponse à dire en anglais",
            "body_en": "Précisions en anglais",
            "source_label": "Source",
            "source_url": "Adresse de la source",
            "intent": "Question de l’assistant",
            "review_on": "À relire le",
        }
        help_texts = {
            "code": "Lettres, chiffres et tirets ; ne change plus ensuite.",
            "questions_fr": "Une par ligne. L’assistant ne répond que si tous les mots de la"
            " question s’y trouvent ou sont dans le titre.",
            "answer_fr": f"{ANSWER_CHARS_MAX} signes au plus : lue au téléphone, envoyée par SMS.",
            "source_label": "Le texte, le site ou le service qui le dit.",
            "source_url": "https://…, ou une page d’ici comme /ou-jeter/. Facultative.",
            "intent": "L’assistant donne cette réponse à qui le demande, sans chercher.",
        }
        widgets = {
            "questions_fr": forms.Textarea(attrs={"rows": 4}),
            "answer_fr": forms.Textarea(attrs={"rows": 4}),
            "body_fr": forms.Textarea(attrs={"rows": 5}),
            "questions_en": forms.Textarea(attrs={"rows": 4, "lang": "en"}),
            "answer_en": forms.Textarea(attrs={"rows": 4, "lang": "en"}),
            "body_en": forms.Textarea(attrs={"rows": 5, "lang": "en"}),
            "title_en": forms.TextInput(attrs={"lang": "en"}),
            "review_on": _DATE,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = owners()
        if self.instance.pk:
            self.fields["code"].disabled = True
        for field in self.fields.values():
            field.error_messages["required"] = "À remplir."

    def clean_source_url(self) -> str:
        """Nothing but https and our own pages: people follow it."""
        url = str(self.cleaned_data["source_url"]).strip()
        if url and not _URL.fullmatch(url):
            raise forms.ValidationError("Écrivez une adresse en https://, ou une page d’ici.")
        return url

    def clean(self) -> dict[str, Any]:
        """English is whole or absent."""
        given = dict(super().clean() or self.cleaned_data)
        if bool(given.get("title_en")) != bool(given.get("answer_en")):
            missing = "answer_en" if given.get("title_en") else "title_en"
            self.add_error(missing, "En anglais, écrivez le titre et la réponse, ou aucun.")
        return given

    def validate_unique(self) -> None:
        """The services refuse what is taken, also of two at once."""

    def validate_constraints(self) -> None:
        """Likewise."""

    @property
    def content(self) -> dict[str, Any]:
        """The words, for the services."""
        return {name: self.cleaned_data[name] for name in CONTENT}


class ReviewForm(forms.Form):
    """Until when a reviewed article holds."""

    review_on = forms.DateField(
        label="À relire le",
        widget=_DATE,
        error_messages={"required": "Donnez une date.", "invalid": "Donnez une date."},
    )

    def clean_review_on(self) -> Any:
        """A day to come."""
        given = self.cleaned_data["review_on"]
        if given <= timezone.localdate():
            raise forms.ValidationError("Donnez une date à venir.")
        return given


class AskedForm(forms.Form):
    """``?q=&etat=&a_relire=``."""

    q = forms.CharField(label="Mots", required=False, max_length=200)
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous, sauf archivés"), *State.choices]
    )
    a_relire = forms.BooleanField(label="Seulement à relire", required=False)
