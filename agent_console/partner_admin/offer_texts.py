"""What an offer is called, how a change of it reads, and how residents will see it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format

from agent_console.intake.templatetags.console_text import points
from agent_console.intake.templatetags.till_text import euros
from agent_console.places.models import Commune
from agent_console.wallet.offers import OfferChangeView, OfferTerms, OfferView

from .forms.offers import last_day, terms_of

EVERYWHERE = "Toute la Métropole"


class Shown(StrEnum):
    """An offer's state as residents meet it."""

    DRAFT = "draft"
    LIVE = "live"
    UPCOMING = "upcoming"
    SOLD_OUT = "sold_out"
    OVER = "over"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Shown.LIVE: "Au catalogue",
    Shown.DRAFT: "Brouillon",
    Shown.UPCOMING: "À venir",
    Shown.SOLD_OUT: "Épuisée",
    Shown.OVER: "Terminée",
    Shown.WITHDRAWN: "En pause",
}
_FIELDS = {
    "title": "Titre",
    "description": "Description",
    "how_to_use": "Mode d’emploi",
    "price_points": "Prix",
    "reimbursement_cents": "Valeur remboursée",
    "stock": "Nombre de bons",
    "per_wallet_limit": "Bons par habitant",
    "communes": "Communes",
    "valid_from": "Premier jour",
    "valid_until": "Dernier jour",
    "voucher_days": "Durée d’un bon",
    "state": "État",
}
_STATES = {"draft": "brouillon", "published": "publiée", "withdrawn": "en pause"}


@dataclass(frozen=True)
class Preview:
    """An offer's card in the public catalogue."""

    title: str
    description: str
    how_to_use: str
    partner_name: str
    price_points: int
    last_day: date
    voucher_days: int
    places: str
    left: int | None


@dataclass(frozen=True)
class Line:
    """One field of a change."""

    label: str
    before: str
    after: str


def shown_state(offer: OfferView, *, now: datetime) -> Shown:
    """What residents meet now: a published offer may be over, sold out, or not begun."""
    if offer.state == "draft":
        return Shown.DRAFT
    if offer.valid_until <= now:
        return Shown.OVER
    if offer.state == "withdrawn":
        return Shown.WITHDRAWN
    if offer.valid_from > now:
        return Shown.UPCOMING
    return Shown.SOLD_OUT if offer.left == 0 else Shown.LIVE


def commune_names(codes: Collection[str]) -> str:
    """Names of communes by INSEE code; no code means all of them."""
    if not codes:
        return EVERYWHERE
    named = dict(Commune.objects.filter(pk__in=codes).values_list("insee", "name"))
    return ", ".join(sorted(named.get(code, code) for code in codes))


def preview_of(terms: OfferTerms, *, partner_name: str, left: int | None = None) -> Preview:
    """What residents would see of ``terms``."""
    return Preview(
        title=terms.title,
        description=terms.description,
        how_to_use=terms.how_to_use,
        partner_name=partner_name,
        price_points=terms.price_points,
        last_day=last_day(terms.valid_until),
        voucher_days=terms.voucher_days,
        places=commune_names(terms.communes),
        left=terms.stock if left is None else left,
    )


def preview_of_offer(offer: OfferView) -> Preview:
    """What residents see of ``offer``."""
    return preview_of(terms_of(offer), partner_name=offer.partner_name, left=offer.left)


def lines_of(change: OfferChangeView) -> list[Line]:
    """The fields that a change touched; none for the version that made the offer."""
    if change.before is None:
        return []
    before = change.before
    return [
        Line(label, _text(name, before.get(name)), _text(name, change.after.get(name)))
        for name, label in _FIELDS.items()
        if before.get(name) != change.after.get(name)
    ]


def _text(name: str, value: Any) -> str:
    if name in ("stock", "per_wallet_limit") and value is None:
        return "sans limite"
    if value is None:
        return "–"
    match name:
        case "price_points":
            return points(int(value))
        case "reimbursement_cents":
            return euros(int(value))
        case "valid_from":
            return date_format(timezone.localdate(datetime.fromisoformat(value)), "j F Y")
        case "valid_until":
            return date_format(last_day(datetime.fromisoformat(value)), "j F Y")
        case "communes":
            return commune_names(value)
        case "voucher_days":
            return f"{value}\u00a0jours" if int(value) > 1 else f"{value}\u00a0jour"
        case "state":
            return _STATES.get(value, str(value))
        case _:
            return str(value)
