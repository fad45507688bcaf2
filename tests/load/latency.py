"""How long a person waits for a balance, and for a voucher, while the service is busy."""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid

from .figures import percentile
from .http_load import Client, run_together, until
from .population import wallet_id
from .rewards import single
from .system import BenchSystem

_WRITERS = 8
_READERS = 2
_REDEEMERS = 2
_SIRET = "21130055300016"  # a town hall's: the number must only be well formed


def measure(system: BenchSystem, *, wallets: int, seconds: float) -> dict[str, float]:
    """Balances and redemptions beside eight clients that write rewards without a pause."""
    offer = _offer(Client(system.wallet_port, system.token))
    end = time.monotonic() + seconds
    writers, readers, redeemers = (
        [Client(system.wallet_port, system.token) for _ in range(count)]
        for count in (_WRITERS, _READERS, _REDEEMERS)
    )
    draw = random.Random()  # noqa: S311 - which wallet is no secret

    def read(client: Client) -> None:
        client.call("GET", f"/v1/wallets/{wallet_id(draw.randrange(wallets))}")

    def redeem(client: Client) -> None:
        body = {
            "wallet_id": str(wallet_id(draw.randrange(wallets))),
            "offer_id": offer,
            "channel": "web",
        }
        client.call("POST", "/v1/redemptions", body)

    run_together(
        [until(end, single(client, wallets)) for client in writers]
        + [until(end, lambda client=client: read(client)) for client in readers]  # type: ignore[misc]
        + [until(end, lambda client=client: redeem(client)) for client in redeemers]  # type: ignore[misc]
    )
    figures = {}
    for name, clients in (("balance", readers), ("redeem", redeemers)):
        latencies = [one * 1000 for client in clients for one in client.latencies_s]
        figures[f"{name}_p50_ms"] = percentile(latencies, 50)
        figures[f"{name}_p95_ms"] = percentile(latencies, 95)
    return figures


def _offer(client: Client) -> str:
    """An offer of one point, without limits, by a partner with an agreement."""
    actor = str(uuid.uuid4())
    today = dt.datetime.now(tz=dt.UTC)
    partner = client.call(
        "POST",
        "/v1/partners",
        {"siret": _SIRET, "name": "Piscine", "kind": "metropolitan", "actor": actor},
    )["id"]
    client.call(
        "POST",
        f"/v1/partners/{partner}/agreements",
        {
            "starts_on": str(today.date() - dt.timedelta(days=2)),
            "ends_on": str(today.date() + dt.timedelta(days=365)),
            "reference": "BENCH-1",
            "actor": actor,
        },
    )
    offer = client.call(
        "POST",
        "/v1/offers",
        {
            "partner_id": partner,
            "title": "Entrée",
            "description": "Une entrée",
            "how_to_use": "Montrez le bon à la caisse",
            "price_points": 1,
            "reimbursement_cents": 100,
            "stock": None,
            "per_wallet_limit": None,
            "communes": [],
            "valid_from": (today - dt.timedelta(days=1)).isoformat(),
            "valid_until": (today + dt.timedelta(days=180)).isoformat(),
            "voucher_days": 30,
            "actor": actor,
        },
    )
    client.close()
    return str(offer["id"])
