"""An offer: its texts, price, stock, limits, communes and dates."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from agent_console.places.selectors import communes
from agent_console.wallet.offers import OfferTerms, OfferView

from .base import DayField, EurosField, KeyedForm, VersionedForm, text, whole_number

PARIS = ZoneInfo("Europe/Paris")
TITLE_CHARS = 120
TEXT_CHARS = 2_000
# The wallet's own bounds (docs/api/wallet.openapi.json).
MAX_PRICE_POINTS = 1_000_000
MAX_REIMBURSEMENT_CENTS = 100_000
MAX_STOCK = 1_000_000
MAX_PER_WALLET = 1_000
MAX_VOUCHER_DAYS = 366


class OfferForm(KeyedForm):
    """What a supervisor writes; ``terms`` is what the wallet is told."""

    title = text(
        label="Titre", max_length=TITLE_CHARS, help_text="Par exemple « Une entrée à la piscine »."
    )
    description = text(
        label="Description",
        max_length=TEXT_CHARS,
        rows=4,
        help_text="Ce que l’habitant reçoit, en phrases simples. Elle est aussi lue au téléphone.",
    )
    how_to_use = text(
        label="Mode d’emploi",
        max_length=TEXT_CHARS,
        rows=3,
        help_text="Où aller, quand, et quoi présenter avec le bon.",
    )
    price_points = whole_number(label="Prix en points", low=1, high=MAX_PRICE_POINTS)
    reimbursement_cents = EurosField(
        label="Valeur remboursée au partenaire, en euros",
        max_cents=MAX_REIMBURSEMENT_CENTS,
        help_text="Pour chaque bon validé, par exemple 3,50. Les habitants ne la voient pas.",
    )
    stock = whole_number(
        label="Nombre de bons",
        low=0,
        high=MAX_STOCK,
        required=False,
        help_text="En tout, bons déjà pris compris. Vide : sans limite.",
    )
    per_wallet_limit = whole_number(
        label="Bons par habitant",
        low=1,
        high=MAX_PER_WALLET,
        required=False,
        help_text="Vide : sans limite.",
    )
    first_day = DayField(label="Premier jour")
    last_day = DayField(label="Dernier jour", help_text="Compris.")
    voucher_days = whole_number(
        label="Durée d’un bon, en jours",
        low=1,
        high=MAX_VOUCHER_DAYS,
        help_text="Un bon qui n’est pas utilisé dans ce délai rend ses points à l’habitant.",
    )
    communes = forms.MultipleChoiceField(
        label="Communes",
        required=False,
        help_text="Celles dont les habitants peuvent prendre l’offre. Aucune : toutes.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Cette commune n’est pas dans la Métropole."},
    )
    refusals = {
        "stock_below_taken": ("stock", "Plus de bons que ce nombre sont déjà pris."),
        "offer_dates_invalid": ("last_day", "L’offre finit avant de commencer."),
        "agreement_not_in_force": (
            "last_day",
            "Les conventions du partenaire ne couvrent pas tous ces jours. Changez les dates, ou "
            "ajoutez d’abord une convention.",
        ),
        "offer_state_refused": ("", "L’offre ne peut pas passer à cet état."),
        "partner_suspended": ("", "Ce partenaire est suspendu : réactivez-le d’abord."),
    }

    def __init__(self, *args: Any, offer: OfferView | None = None, **kwargs: Any) -> None:
        self.offer = offer
        kwargs["initial"] = _initial(offer) | kwargs.get("initial", {})
        super().__init__(*args, **kwargs)
        field = self.fields["communes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(commune.insee, commune.name) for commune in communes()]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last:
            if last < first:
                self.add_error("last_day", "L’offre finit avant de commencer.")
            elif last < timezone.localdate() and self._is_changed("last_day", last):
                self.add_error(
                    "last_day", "Ce jour est passé : personne ne verrait l’offre au catalogue."
                )
        taken = (self.offer.taken if self.offer else None) or 0
        stock = cleaned.get("stock")
        if stock is not None and stock < taken:
            self.add_error("stock", f"{taken} bons sont déjà pris : indiquez au moins ce nombre.")
        return cleaned

    def terms(self) -> OfferTerms:
        """The form's values as the wallet takes them; call it when the form is valid."""
        data = self.cleaned_data
        return OfferTerms(
            title=data["title"],
            description=data["description"],
            how_to_use=data["how_to_use"],
            price_points=data["price_points"],
            reimbursement_cents=data["reimbursement_cents"],
            stock=data["stock"],
            per_wallet_limit=data["per_wallet_limit"],
            communes=tuple(sorted(data["communes"])),
            valid_from=self._instant("first_day"),
            valid_until=self._instant("last_day"),
            voucher_days=data["voucher_days"],
        )

    def _is_changed(self, name: str, value: date) -> bool:
        return self.offer is None or self.initial[name] != value

    def _instant(self, name: str) -> datetime:
        """A day that nobody changed stays the very instant it was."""
        day: date = self.cleaned_data[name]
        if self.offer is not None and not self._is_changed(name, day):
            return self.offer.valid_from if name == "first_day" else self.offer.valid_until
        return day_begins(day if name == "first_day" else day + timedelta(days=1))


class OfferEditForm(VersionedForm, OfferForm):
    """The same for an offer that exists.

    Without ``offer`` (the wallet is away) it only keeps what was typed.
    """

    def __init__(self, *args: Any, offer: OfferView | None, **kwargs: Any) -> None:
        initial = {"version": offer.version} if offer else {}
        super().__init__(*args, offer=offer, initial=initial, **kwargs)

    def changes(self) -> dict[str, Any]:
        """What differs from the offer as it is, in the API's words."""
        assert self.offer is not None
        now = terms_of(self.offer).body()
        return {name: value for name, value in self.terms().body().items() if value != now[name]}


def terms_of(offer: OfferView) -> OfferTerms:
    """An offer's terms as they are."""
    return OfferTerms(
        title=offer.title,
        description=offer.description,
        how_to_use=offer.how_to_use,
        price_points=offer.price_points,
        reimbursement_cents=offer.reimbursement_cents,
        stock=offer.stock,
        per_wallet_limit=offer.per_wallet_limit,
        communes=tuple(sorted(offer.communes)),
        valid_from=offer.valid_from,
        valid_until=offer.valid_until,
        voucher_days=offer.voucher_days,
    )


def day_begins(day: date) -> datetime:
    """The first instant of ``day`` in the Metropolis."""
    return datetime.combine(day, time(), tzinfo=PARIS)


def last_day(until: datetime) -> date:
    """The last day of a period whose end ``until`` is exclusive."""
    return (until - timedelta(microseconds=1)).astimezone(PARIS).date()


def _initial(offer: OfferView | None) -> dict[str, Any]:
    if offer is None:
        return {"voucher_days": 30}
    euros, cents = divmod(offer.reimbursement_cents, 100)
    return {
        "title": offer.title,
        "description": offer.description,
        "how_to_use": offer.how_to_use,
        "price_points": offer.price_points,
        "reimbursement_cents": f"{euros},{cents:02}",
        "stock": offer.stock,
        "per_wallet_limit": offer.per_wallet_limit,
        "communes": list(offer.communes),
        "first_day": offer.valid_from.astimezone(PARIS).date(),
        "last_day": last_day(offer.valid_until),
        "voucher_days": offer.voucher_days,
    }
