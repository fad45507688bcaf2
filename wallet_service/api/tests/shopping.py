"""A partner, an agreement and an offer made over the API, as the console does."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from wallet_service.ledger import domain as ledger
from wallet_service.ledger.services import entry_post
from wallet_service.offers.domain import paris_day

Caller = Callable[..., tuple[int, dict[str, Any]]]
ACTOR = "0a000000-0000-4000-8000-00000000000a"
SIRET = "73282932000074"
PRICE = 40


def written(answer: tuple[int, dict[str, Any]], status: int = 201) -> dict[str, Any]:
    """The body of a write that must have succeeded."""
    assert answer[0] == status, answer
    return answer[1]


def partner_made(console: Caller, siret: str = SIRET) -> dict[str, Any]:
    """A partner with an agreement for two years."""
    partner = written(
        console(
            "POST",
            "/partners",
            {"siret": siret, "name": "Piscine", "kind": "partner", "actor": ACTOR},
            key=f"partner:{siret}",
        )
    )
    today = paris_day(timezone.now())
    agreement = {
        "starts_on": (today - dt.timedelta(days=30)).isoformat(),
        "ends_on": (today + dt.timedelta(days=700)).isoformat(),
        "reference": "CONV-1",
        "actor": ACTOR,
    }
    path = f"/partners/{partner['id']}"
    written(console("POST", f"{path}/agreements", agreement, key=f"agreement:{siret}"))
    return console("GET", path)[1]


def offer_body(partner_id: str, **changes: Any) -> dict[str, Any]:
    """An offer for everybody, now."""
    now = timezone.now().replace(microsecond=0)
    return {
        "partner_id": partner_id,
        "title": "Une entrée à la piscine",
        "description": "Tous les jours.\nMême le dimanche.",
        "how_to_use": "Montrez le code à la caisse.",
        "price_points": PRICE,
        "reimbursement_cents": 350,
        "stock": 5,
        "per_wallet_limit": None,
        "communes": [],
        "valid_from": (now - dt.timedelta(days=1)).isoformat(),
        "valid_until": (now + dt.timedelta(days=60)).isoformat(),
        "voucher_days": 30,
        "actor": ACTOR,
    } | changes


def offer_made(console: Caller, partner_id: str, **changes: Any) -> dict[str, Any]:
    """An offer of the partner's."""
    body = offer_body(partner_id, **changes)
    return written(console("POST", "/offers", body, key=f"offer:{uuid.uuid4()}"))


def wallet_funded(console: Caller, points: int = 100) -> str:
    """A wallet with points."""
    wallet_id = uuid.uuid4()
    written(console("PUT", f"/wallets/{wallet_id}"))
    entry_post(operation=ledger.reward_granted(points=points), wallet_id=wallet_id)
    return str(wallet_id)


def redemption_made(caller: Caller, wallet_id: str, offer_id: str) -> dict[str, Any]:
    """A voucher of the offer."""
    body = {"wallet_id": wallet_id, "offer_id": offer_id, "channel": "sms"}
    return written(caller("POST", "/redemptions", body, key=f"redeem:{uuid.uuid4()}"))
