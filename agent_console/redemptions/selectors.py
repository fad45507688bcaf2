"""Offers and vouchers as the pages show them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.core.cache import cache

from agent_console.places.models import Commune
from agent_console.wallet import redemptions
from agent_console.wallet.redemptions import CatalogueOffer

from . import texts

# The public page is open to everybody: the wallet is asked at most this often per commune.
_KEPT_S = 30
_PLACES_NAMED = 3
_SCARCE = 20


@dataclass(frozen=True)
class ShownOffer:
    """An offer with its communes in words and, for a wallet, why it can't be had."""

    offer: CatalogueOffer
    places: str
    reason: str
    missing_points: int

    @property
    def is_scarce(self) -> bool:
        """Few are left: said before somebody saves points for nothing."""
        return self.offer.left is not None and 0 < self.offer.left <= _SCARCE


def public_offers(*, commune: str | None) -> list[ShownOffer]:
    """What anybody can have now, or could: what ran out is shown and said.

    Nobody is asked where they live before they look; an offer of other communes than the chosen
    one is left out.  Raises ``WalletUnavailable``.
    """
    name = f"offers:{commune or 'all'}"
    offers = cache.get(name)
    if offers is None:
        offers = redemptions.catalogue(commune=commune)
        cache.set(name, offers, _KEPT_S)
    seen = [
        replace(offer, refusal="") if offer.refusal == "commune_needed" else offer
        for offer in offers
        if offer.refusal != "other_commune"
    ]
    return _shown(seen)


def offers_for(
    *, wallet_id: uuid.UUID, commune: str | None, available_points: int
) -> list[ShownOffer]:
    """The same for one wallet, never kept; raises ``WalletUnavailable``."""
    offers = redemptions.catalogue(commune=commune, wallet_id=wallet_id)
    return _shown(offers, available_points)


def _shown(
    offers: Iterable[CatalogueOffer], available_points: int | None = None
) -> list[ShownOffer]:
    offers = list(offers)
    codes = {code for offer in offers for code in offer.communes}
    names = dict(Commune.objects.filter(pk__in=codes).values_list("insee", "name"))
    return [
        ShownOffer(
            offer=offer,
            places=_places(offer.communes, names),
            reason=texts.reason(offer.refusal) if offer.refusal else "",
            missing_points=max(0, offer.price_points - (available_points or 0))
            if offer.refusal == "insufficient_points"
            else 0,
        )
        for offer in offers
    ]


def _places(codes: tuple[str, ...], names: Mapping[str, str]) -> str:
    """``Toute la métropole``, ``Aubagne``, ``Aubagne, Cassis et 4 autres communes``."""
    known = sorted(names[code] for code in codes if code in names)
    if not codes:
        return "Toute la métropole"
    if len(known) <= _PLACES_NAMED:
        return ", ".join(known)
    return f"{', '.join(known[:2])} et {len(known) - 2}\u00a0autres communes"
