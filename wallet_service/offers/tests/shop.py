"""A partner with an agreement and an offer, and wallets with points; for tests with a database."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import count
from typing import Any

from django.utils import timezone

from service_kit.voucher_code import parse
from wallet_service.ledger import domain as ledger
from wallet_service.ledger.idempotency import Answer
from wallet_service.ledger.selectors import Balances, balances_of, wallet_get
from wallet_service.ledger.services import entry_post, wallet_open
from wallet_service.offers.domain import OfferState, PartnerKind, paris_day
from wallet_service.offers.models import Offer, OfferStock, Partner, Redemption
from wallet_service.offers.services.capturing import voucher_capture
from wallet_service.offers.services.offers import OfferTerms, offer_create
from wallet_service.offers.services.partners import agreement_add, partner_create
from wallet_service.offers.services.redeeming import redeem, redemption_cancel
from wallet_service.rewards.domain import Channel

SIRETS = ("73282932000074", "41816609600069", "55210055400013")
ACTOR = uuid.UUID("0a000000-0000-4000-8000-00000000000a")
CASHIER = uuid.UUID("0c000000-0000-4000-8000-00000000000c")
CLIENT = "console"
PRICE = 40
CENTS = 350
_keys: Iterator[int] = count()


def key() -> str:
    """A key that no other request has."""
    return f"test-{next(_keys)}"


def partner_opened(siret: str = SIRETS[0], *, days: int = 365) -> Partner:
    """A partner whose agreement began thirty days ago and lasts ``days`` more."""
    partner = Partner.objects.get(
        id=partner_create(
            client=CLIENT,
            key=key(),
            siret=siret,
            name="Piscine de la Pointe-Rouge",
            kind=PartnerKind.PARTNER,
            actor=ACTOR,
        ).body["id"]
    )
    today = paris_day(timezone.now())
    agreement_add(
        client=CLIENT,
        key=key(),
        partner_id=partner.id,
        starts_on=today - dt.timedelta(days=30),
        ends_on=today + dt.timedelta(days=days),
        reference="CONV-2026-001",
        actor=ACTOR,
    )
    return partner


def terms(**changes: Any) -> OfferTerms:
    """An offer for everybody, now, without end of stock; ``changes`` say otherwise."""
    now = timezone.now()
    values: dict[str, Any] = {
        "title": "Une entrée à la piscine",
        "description": "Une entrée individuelle, tous les jours.",
        "how_to_use": "Montrez le code à la caisse.",
        "price_points": PRICE,
        "reimbursement_cents": CENTS,
        "stock": None,
        "per_wallet_limit": None,
        "communes": (),
        "valid_from": now - dt.timedelta(days=1),
        "valid_until": now + dt.timedelta(days=90),
        "voucher_days": 30,
        "state": OfferState.PUBLISHED,
    }
    return OfferTerms(**values | changes)


def offer_opened(partner: Partner, **changes: Any) -> Offer:
    """An offer of the partner's."""
    answer = offer_create(
        client=CLIENT, key=key(), partner_id=partner.id, terms=terms(**changes), actor=ACTOR
    )
    return Offer.objects.select_related("partner").get(id=answer.body["id"])


def funded(points: int) -> uuid.UUID:
    """A wallet with points."""
    wallet, _ = wallet_open(wallet_id=uuid.uuid4())
    entry_post(operation=ledger.reward_granted(points=points), wallet_id=wallet.id)
    return wallet.id


def taken(wallet_id: uuid.UUID, offer: Offer, **more: Any) -> Redemption:
    """A voucher of the offer, taken by the wallet."""
    return Redemption.objects.get(id=take(wallet_id, offer, **more).body["id"])


def take(wallet_id: uuid.UUID, offer: Offer, **more: Any) -> Answer:
    """Ask for a voucher of the offer."""
    asked: dict[str, Any] = {"key": key(), "channel": Channel.WEB} | more
    return redeem(client=CLIENT, wallet_id=wallet_id, offer_id=offer.id, **asked)


def cancel(redemption: Redemption) -> Answer:
    """Give the voucher back."""
    return redemption_cancel(client=CLIENT, key=key(), redemption_id=redemption.id)


def capture(redemption: Redemption, **more: Any) -> Answer:
    """Scan the voucher at its partner's till."""
    asked: dict[str, Any] = {
        "key": key(),
        "partner_id": redemption.partner_id,
        "cashier": CASHIER,
        "site": "Caisse 1",
        "own_voucher": False,
    } | more
    return voucher_capture(client=CLIENT, code=redemption.code, **asked)


def balances(wallet_id: uuid.UUID) -> Balances:
    """The wallet's points."""
    return balances_of(wallet=wallet_get(wallet_id=wallet_id))


def stock_taken(offer: Offer) -> int:
    """Vouchers counted as taken."""
    return OfferStock.objects.get(offer=offer).taken


def code_shown(answer: Answer) -> str:
    """The nine symbols of the voucher that was answered."""
    return parse(answer.body["voucher_code"])
