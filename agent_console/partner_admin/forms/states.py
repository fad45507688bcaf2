"""Decisions that are one button each."""

from __future__ import annotations

from django import forms

from .base import KeyedForm, VersionedForm
from .offers import OfferForm


class OfferStateForm(VersionedForm):
    """Publish an offer, or take it from the catalogue."""

    state = forms.ChoiceField(choices=[("published", ""), ("withdrawn", "")])
    refusals = {
        code: ("", message)
        for code, (_, message) in OfferForm.refusals.items()
        if code in ("agreement_not_in_force", "offer_state_refused", "partner_suspended")
    }


class DisputeForm(KeyedForm):
    """Give the points back, or not."""

    decision = forms.ChoiceField(
        choices=[("refund", ""), ("dismiss", "")],
        error_messages={"required": "Choisissez une décision."},
    )
    refusals = {
        "dispute_decided": ("", "Cette contestation a déjà été décidée : relisez la page."),
        "period_closed": (
            "",
            "Ce bon est dans un relevé arrêté : il est dû au partenaire et ne peut plus être "
            "remboursé. Une correction du portefeuille de l’habitant reste possible.",
        ),
    }
