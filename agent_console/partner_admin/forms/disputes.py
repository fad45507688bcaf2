"""A captured voucher that a supervisor says is wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from agent_console.partner_admin.dispute_texts import REASONS
from agent_console.partners.texts import FLAWS
from service_kit import voucher_code

from .base import KeyedForm


class VoucherCodeField(forms.CharField):
    """A code in any spelling; its value is the nine symbols."""

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return voucher_code.parse(typed)
        except voucher_code.NotACode as exc:
            raise ValidationError(FLAWS[exc.flaw]) from exc


class DisputeNewForm(KeyedForm):
    """What a resident tells on the phone, for instance."""

    code = VoucherCodeField(
        label="Code du bon",
        max_length=40,
        help_text="9 caractères, avec ou sans tirets, tels que la personne les lit.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    reason = forms.ChoiceField(label="Motif", choices=list(REASONS.items()))
    refusals = {
        "voucher_unknown": ("code", "Aucun bon ne porte ce code. Relisez-le avec la personne."),
        "voucher_not_captured": (
            "code",
            "Ce bon n’a pas été validé : il n’y a rien à contester. La personne peut l’annuler.",
        ),
        "voucher_refunded": ("code", "Les points de ce bon sont déjà rendus."),
        "voucher_cancelled": ("code", "Ce bon a été annulé : ses points sont déjà rendus."),
        "voucher_expired": ("code", "Ce bon a expiré : ses points sont déjà rendus."),
        "dispute_exists": ("code", "Ce bon est déjà contesté : cherchez-le dans la liste."),
        "dispute_final": (
            "code",
            "La contestation de ce bon a été écartée deux fois : la décision est définitive.",
        ),
        "period_closed": ("code", "Ce bon est dans un relevé arrêté : il est dû au partenaire."),
    }
