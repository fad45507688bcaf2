"""A supervisor's side of offers: every state of them, their changes, and who made these.

What residents can have now is ``redemptions.catalogue``.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .http import request
from .pages import all_items


@dataclass(frozen=True)
class OfferView:
    """An offer; ``state`` is ``draft``, ``published`` or ``withdrawn``.

    ``stock`` is the number of vouchers that may ever be taken and ``left`` what remains of it
    (``None``: without limit, and then nothing counts ``taken``); ``valid_until`` is exclusive; no
    ``communes`` means all of them.
    """

    id: uuid.UUID
    partner_id: uuid.UUID
    partner_name: str
    title: str
    description: str
    how_to_use: str
    price_points: int
    reimbursement_cents: int
    stock: int | None
    taken: int | None
    left: int | None
    per_wallet_limit: int | None
    communes: Sequence[str]
    valid_from: datetime
    valid_until: datetime
    voucher_days: int
    state: str
    version: int


@dataclass(frozen=True)
class OfferChangeView:
    """One version of an offer; ``before`` is ``None`` for the first."""

    version: int
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    actor: uuid.UUID
    at: datetime


@dataclass(frozen=True)
class OfferTerms:
    """Everything about an offer that a supervisor decides, its state apart."""

    title: str
    description: str
    how_to_use: str
    price_points: int
    reimbursement_cents: int
    stock: int | None
    per_wallet_limit: int | None
    communes: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    voucher_days: int

    def body(self) -> dict[str, Any]:
        """The terms as JSON."""
        return {
            "title": self.title,
            "description": self.description,
            "how_to_use": self.how_to_use,
            "price_points": self.price_points,
            "reimbursement_cents": self.reimbursement_cents,
            "stock": self.stock,
            "per_wallet_limit": self.per_wallet_limit,
            "communes": list(self.communes),
            "valid_from": self.valid_from.isoformat(),
            "valid_until": self.valid_until.isoformat(),
            "voucher_days": self.voucher_days,
        }


def offer_list(*, partner_id: uuid.UUID | None = None) -> list[OfferView]:
    """Every offer, or one partner's, newest first."""
    params = {"partner_id": str(partner_id)} if partner_id else {}
    offers = [_offer(item) for item in all_items("/v1/offers", params=params)]
    return sorted(offers, key=lambda offer: offer.id, reverse=True)  # ids are ordered by time


def offer_get(offer_id: uuid.UUID) -> OfferView:
    """Raises ``WalletRefused`` (``offer_unknown``) or ``WalletUnavailable``."""
    return _offer(request("GET", f"/v1/offers/{offer_id}"))


def offer_create(
    *, key: uuid.UUID, partner_id: uuid.UUID, terms: OfferTerms, state: str, actor: uuid.UUID
) -> OfferView:
    """Make an offer, as ``draft`` or ``published``."""
    return _offer(
        request(
            "POST",
            "/v1/offers",
            key=f"offer:{key}",
            json={
                "partner_id": str(partner_id),
                **terms.body(),
                "state": state,
                "actor": str(actor),
            },
        )
    )


def offer_change(
    *,
    key: uuid.UUID,
    offer_id: uuid.UUID,
    version: int,
    changes: Mapping[str, Any],
    actor: uuid.UUID,
) -> OfferView:
    """Change some fields of an offer (names and forms of the API), its state among them.

    ``version`` is the one that the editor saw.

    Refusals: ``offer_changed`` (by somebody else meanwhile),
    ``stock_below_taken``, ``offer_state_refused``, ``agreement_not_in_force``,
    ``offer_dates_invalid``.
    """
    return _offer(
        request(
            "PATCH",
            f"/v1/offers/{offer_id}",
            key=f"offer-change:{key}",
            json={**changes, "version": version, "actor": str(actor)},
        )
    )


def offer_history(offer_id: uuid.UUID) -> list[OfferChangeView]:
    """Every version, newest first."""
    changes = [
        OfferChangeView(
            version=item["version"],
            before=item["before"],
            after=item["after"],
            actor=uuid.UUID(item["actor"]),
            at=datetime.fromisoformat(item["created_at"]),
        )
        for item in all_items(f"/v1/offers/{offer_id}/history")
    ]
    return sorted(changes, key=lambda change: change.version, reverse=True)


def _offer(body: dict[str, Any]) -> OfferView:
    return OfferView(
        id=uuid.UUID(body["id"]),
        partner_id=uuid.UUID(body["partner_id"]),
        partner_name=body["partner_name"],
        title=body["title"],
        description=body["description"],
        how_to_use=body["how_to_use"],
        price_points=body["price_points"],
        reimbursement_cents=body["reimbursement_cents"],
        stock=body["stock"],
        taken=body["taken"],
        left=body["left"],
        per_wallet_limit=body["per_wallet_limit"],
        communes=tuple(body["communes"]),
        valid_from=datetime.fromisoformat(body["valid_from"]),
        valid_until=datetime.fromisoformat(body["valid_until"]),
        voucher_days=body["voucher_days"],
        state=body["state"],
        version=body["version"],
    )
