"""A collector with a secret, its signed requests, and a wallet that answers like the real one."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.citizens.models import Resident
from agent_console.collectors.signature import sign
from agent_console.wallet import http
from agent_console.wallet.tests.bodies import refused, reward_out, wallet_out
from agent_console.wallet.tests.contract import check_exchange

SECRET = "s" * 40
COLLECTOR = "demo"
NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture(autouse=True)
def _collector(settings: Settings) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {COLLECTOR: SECRET}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def deposit(external_id: str = "d-1", **changed: Any) -> dict[str, Any]:
    """A deposit as a collector writes it."""
    return {
        "id": external_id,
        "card": "4970 1012 3456",
        "items": 7,
        "happened_at": NOON.isoformat(),
        "site": "Borne du Vieux-Port",
        **changed,
    }


def batch(*deposits: dict[str, Any], collector: str = COLLECTOR) -> bytes:
    return json.dumps({"collector": collector, "deposits": list(deposits)}).encode()


def headers(
    body: bytes,
    *,
    collector: str = COLLECTOR,
    secret: str = SECRET,
    late_s: int = 0,
) -> dict[str, str]:
    timestamp = int(time.time()) - late_s
    return {
        "X-Collector": collector,
        "X-Timestamp": str(timestamp),
        "X-Signature": sign(secret=secret, timestamp=timestamp, body=body),
    }


def send(body: bytes, given: dict[str, str] | None = None) -> Any:
    """Post ``body`` as a collector does, signed unless headers are ``given``."""
    return Client().post(
        "/collectors/glass",
        data=body,
        content_type="application/json",
        headers=headers(body) if given is None else given,
    )


@pytest.fixture
def resident(db: None) -> Resident:
    return Resident.objects.create()


@pytest.fixture
def agent(make_user: Callable[..., User]) -> User:
    return make_user("camille", "collectors.link_card")


class FakeWallet:
    """The bulk endpoint and the opening of wallets, as the API documents them.

    ``refusals`` maps a quantity to the code of the refusal that it meets; ``failures`` are raised
    or answered before anything else, one a request.
    """

    def __init__(self) -> None:
        self.wallets: set[str] = set()
        self.rewards: dict[str, dict[str, Any]] = {}
        self.refusals: dict[int, str] = {}
        self.failures: list[int | Exception] = []
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.failures:
            failure = self.failures.pop(0)
            if isinstance(failure, Exception):
                raise failure
            return httpx.Response(failure, json={"code": "internal_error", "message": ""})
        if request.method == "PUT":
            wallet_id = request.url.path.rpartition("/")[2]
            self.wallets.add(wallet_id)
            return httpx.Response(201, json=wallet_out(wallet_id))
        assert request.url.path == "/v1/rewards/bulk"
        items = json.loads(request.content)["items"]
        assert 0 < len(items) <= 100
        return httpx.Response(200, json={"results": [self._item(item) for item in items]})

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        assert set(item) <= {
            "key", "wallet_id", "rule", "evidence", "channel", "quantity", "signals",
        }  # fmt: skip
        if item["key"] in self.rewards:
            first = self.rewards[item["key"]]
            assert first["asked"] == item, "the same key came with another body"
            return self._rewarded(item, first["reward"])
        code = self.refusals.get(item["quantity"])
        if item["wallet_id"] not in self.wallets:
            code = "wallet_unknown"
        if code:
            status = 404 if code.endswith("unknown") else 409
            problem = refused(status, code)
            return {"key": item["key"], "status": status, "reward": None, "problem": problem}
        reward = reward_out(
            str(uuid.uuid4()),
            wallet_id=item["wallet_id"],
            rule=item["rule"],
            channel=item["channel"],
            quantity=item["quantity"],
            points=item["quantity"],
            evidence=item["evidence"],
            state="posted",
        )
        self.rewards[item["key"]] = {"asked": item, "reward": reward}
        return self._rewarded(item, reward)

    @staticmethod
    def _rewarded(item: dict[str, Any], reward: dict[str, Any]) -> dict[str, Any]:
        return {"key": item["key"], "status": 201, "reward": reward, "problem": None}

    @property
    def points(self) -> int:
        return sum(kept["reward"]["points"] for kept in self.rewards.values())


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()

    def answer(request: httpx.Request) -> httpx.Response:
        response = double(request)
        if response.status_code < 500 and response.status_code != 401:
            check_exchange(request, response)
        return response

    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(http, "client", lambda: client)
    return double
