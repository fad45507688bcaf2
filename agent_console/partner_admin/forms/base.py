"""What the forms share: a hidden key, the wallet's refusals at their fields, French fields."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from agent_console.wallet.http import WalletError, WalletRefused

# The wallet's own bounds (docs/api/wallet.openapi.json).
FIRST_YEAR, LAST_YEAR = 2020, 2099
REQUIRED = "Ce champ est obligatoire."
AWAY = (
    "Le service des points ne répond pas. Vos saisies sont conservées dans ce formulaire : "
    "envoyez-le de nouveau dans un instant. Il ne sera enregistré qu’une fois."
)
SENT_BEFORE = (
    "Ce formulaire a déjà été envoyé avec d’autres valeurs et a pu être enregistré. Vérifiez ce "
    "qui est enregistré avant de l’envoyer de nouveau."
)
KEY_REUSED = "idempotency_conflict"


class KeyedForm(forms.Form):
    """A form that acts once however often it is sent.

    ``key`` is drawn when the form is first shown and stays through errors, so a double click, a
    reload or another try after a failure is one and the same write to the wallet.
    """

    key = forms.UUIDField(widget=forms.HiddenInput)
    # code of a refusal -> (field, message); an empty field means the form as a whole
    refusals: ClassVar[Mapping[str, tuple[str, str]]] = {}
    status = HTTPStatus.OK

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4())
        for field in self.fields.values():
            if field.error_messages["required"] == forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = REQUIRED

    def is_valid(self) -> bool:
        valid = super().is_valid()
        if not valid:
            self.status = HTTPStatus.UNPROCESSABLE_ENTITY
        return valid

    def send[T](self, act: Callable[[], T], *, passing: str = "") -> T | None:
        """What the wallet answers to ``act``, or ``None`` with the reason written into the form.

        A refusal with the code ``passing`` is the caller's to explain.
        """
        try:
            return act()
        except WalletRefused as refusal:
            if refusal.code == passing:
                raise
            self.status = HTTPStatus.UNPROCESSABLE_ENTITY
            self._explain(refusal)
        except WalletError:
            self.mark_away()
        return None

    def refuse(self, field: str, message: str) -> None:
        """A refusal of the console's own."""
        self.add_error(field, message)
        self.status = HTTPStatus.UNPROCESSABLE_ENTITY

    def mark_away(self) -> None:
        """The wallet could not be asked: what was typed stays, and the same key serves again."""
        self.add_error(None, AWAY)
        self.status = HTTPStatus.SERVICE_UNAVAILABLE

    def _resent_with(self, **hidden: str) -> None:
        """Hidden values of the form as it is shown again."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        for name, value in hidden.items():
            data[self.add_prefix(name)] = value
        self.data = data

    def _explain(self, refusal: WalletRefused) -> None:
        if refusal.code == KEY_REUSED:
            self._resent_with(key=str(uuid.uuid4()))
            self.add_error(None, SENT_BEFORE)
            return
        if refusal.code in self.refusals:
            field, message = self.refusals[refusal.code]
            self.add_error(field or None, message)
            return
        named = {name: text for name, text in refusal.fields.items() if name in self.fields}
        for name, text in named.items():
            self.add_error(name, str(text))
        if not named:
            message = refusal.message or "Le service des points refuse cette demande."
            self.add_error(None, f"{message} (code {refusal.code})")


class VersionedForm(KeyedForm):
    """A form that changes something; ``version`` is the one that its editor saw."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def explain_outdated(self, *, who: str, version: int) -> None:
        """Somebody was quicker.  Say so, and let the next sending through: its sender was told."""
        # Another body than the one that was refused: another key.
        self._resent_with(key=str(uuid.uuid4()), version=str(version))
        self.status = HTTPStatus.UNPROCESSABLE_ENTITY
        self.add_error(
            None,
            f"Entre-temps, {who} a modifié cette fiche. Vos saisies sont gardées : comparez, puis "
            "enregistrez de nouveau pour qu’elles remplacent les siennes.",
        )


class DayField(forms.DateField):
    """A day, picked or typed the French way; a year far away is a typing error."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            input_formats=["%Y-%m-%d", "%d/%m/%Y"],
            error_messages={
                "required": "Indiquez une date.",
                "invalid": "Cette date n’existe pas. Exemple : 31/12/2026.",
            },
            **kwargs,
        )

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(f"L’année va de {FIRST_YEAR} à {LAST_YEAR}.")
        return day


class PlainTextField(forms.CharField):
    """Text without control characters: browsers send CR LF for a line break, we keep LF."""

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(value)
        if not typed:
            return typed
        lines = typed.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ").split("\n")
        plain = [
            "".join(char for char in line if unicodedata.category(char) != "Cc") for line in lines
        ]
        glue = "\n" if isinstance(self.widget, forms.Textarea) else " "
        return glue.join(plain).strip()


class EurosField(forms.CharField):
    """An amount like ``3,50``; its value is in cents."""

    def __init__(self, *, max_cents: int, **kwargs: Any) -> None:
        self.max_cents = max_cents
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        plain = "".join(text.replace("€", "").split()).replace(",", ".")
        try:
            cents = Decimal(plain) * 100
        except InvalidOperation as exc:
            raise ValidationError("Écrivez un montant en euros, par exemple 3,50.") from exc
        if not cents.is_finite() or cents != cents.to_integral_value():
            raise ValidationError("Un montant a deux décimales au plus, par exemple 3,50.")
        if not 0 <= cents <= self.max_cents:
            raise ValidationError(f"Le montant va de 0 à {self.max_cents // 100} €.")
        return int(cents)


def whole_number(
    *, label: str, low: int, high: int, help_text: str = "", required: bool = True
) -> forms.IntegerField:
    """A whole number with French messages."""
    grouped = f"{high:,}".replace(",", "\u202f")
    bounds = f"Indiquez un nombre entier de {low} à {grouped}."
    return forms.IntegerField(
        label=label,
        min_value=low,
        max_value=high,
        help_text=help_text,
        required=required,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"invalid": bounds, "min_value": bounds, "max_value": bounds},
    )


def text(
    *, label: str, max_length: int, help_text: str = "", required: bool = True, rows: int = 0
) -> forms.CharField:
    """Free text; ``rows`` makes it several lines high."""
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return PlainTextField(
        label=label,
        max_length=max_length,
        help_text=help_text,
        required=required,
        widget=widget,
        error_messages={
            "max_length": "Ce texte est trop long : %(limit_value)d caractères au plus, "
            "%(show_value)d écrits."
        },
    )
