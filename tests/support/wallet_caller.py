"""The console's side of the wallet's API: asks again with the same key until it is answered."""

import datetime as dt
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx

from .system import System

_ANSWER_WITHIN_S = 60.0
_PAUSE_S = 0.1
_ASK_AGAIN = (429, 503)


@dataclass
class WalletCaller:
    """One caller, one connection; not to be shared by threads."""

    system: System
    _client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        token = self.system.environment["WALLET_API_TOKEN_CONSOLE"]
        self._client = httpx.Client(
            base_url=f"{self.system.wallet_url}/v1",
            headers={"Authorization": f"Bearer {token}"},
            timeout=20,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def write(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str | None = None
    ) -> tuple[int, dict[str, Any]]:
        """The answer to a write. It is sent twice: both answers must be one and the same."""
        headers = {"Idempotency-Key": key or str(uuid.uuid4())}
        first = self._until_answered(method, path, body, headers)
        again = self._until_answered(method, path, body, headers)
        assert again == first, f"{method} {path}: two answers for one key: {first}, {again}"
        return first

    def made(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """As ``write``, for what must not be refused."""
        status, answer = self.write(method, path, body)
        assert status < 300, f"{method} {path}: {status} {answer}"
        return answer

    def open_wallet(self, wallet_id: uuid.UUID) -> None:
        """The id is its own key: the second time it is found."""
        for _ in range(2):
            status, answer = self._until_answered("PUT", f"/wallets/{wallet_id}", None, {})
            assert status in (200, 201), answer

    def read(self, path: str, **query: Any) -> dict[str, Any]:
        status, answer = self._until_answered("GET", path, None, {}, query)
        assert status == 200, f"GET {path}: {status} {answer}"
        return answer

    def _until_answered(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        headers: dict[str, str],
        query: dict[str, Any] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        deadline = time.monotonic() + _ANSWER_WITHIN_S
        while True:
            try:
                answer = self._client.request(
                    method, path, json=body, headers=headers, params=query
                )
            except httpx.TransportError:
                assert time.monotonic() < deadline, f"{method} {path} is not answered"
            else:
                if answer.status_code not in _ASK_AGAIN:
                    return answer.status_code, answer.json()
                assert time.monotonic() < deadline, f"{method} {path}: {answer.text}"
            # As any caller would: the service is restarting or asks for patience.
            time.sleep(_PAUSE_S)


def partner_with_offer(caller: WalletCaller, *, siret: str, price_points: int) -> tuple[str, str]:
    """A partner under agreement and its offer, without limits; returns both ids."""
    actor = str(uuid.uuid4())
    now = dt.datetime.now(tz=dt.UTC)
    partner = caller.made(
        "POST",
        "/partners",
        {"siret": siret, "name": "Piscine", "kind": "metropolitan", "actor": actor},
    )
    caller.made(
        "POST",
        f"/partners/{partner['id']}/agreements",
        {
            "starts_on": str(now.date() - dt.timedelta(days=2)),
            "ends_on": str(now.date() + dt.timedelta(days=365)),
            "reference": "CONV-1",
            "actor": actor,
        },
    )
    offer = caller.made(
        "POST",
        "/offers",
        {
            "partner_id": partner["id"],
            "title": "Entrée",
            "description": "Une entrée",
            "how_to_use": "Montrez le bon à la caisse",
            "price_points": price_points,
            "reimbursement_cents": 100,
            "stock": None,
            "per_wallet_limit": None,
            "communes": [],
            "valid_from": (now - dt.timedelta(days=1)).isoformat(),
            "valid_until": (now + dt.timedelta(days=180)).isoformat(),
            "voucher_days": 30,
            "actor": actor,
        },
    )
    return str(partner["id"]), str(offer["id"])


def rule_without_limits(
    caller: WalletCaller, code: str, *, points: int, auto_post_after_days: int | None
) -> None:
    """A rule that pays from now on, without caps."""
    caller.made(
        "POST",
        "/rules",
        {
            "code": code,
            "points": points,
            "valid_from": None,
            "cap_day_points": None,
            "cap_month_points": None,
            "cooling_off_s": 0,
            "auto_post_after_days": auto_post_after_days,
            "checked_percent": 0,
            "campaign": None,
            "author": str(uuid.uuid4()),
        },
    )
