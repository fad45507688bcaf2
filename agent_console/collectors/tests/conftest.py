"""A collector with a secret, its signed requests, and a wallet that answers like the real one."""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from dateutil.relativedelta import relativedelta
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
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
def _collector(settings: Settings, everybody_agrees: None) -> None:
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


@dataclass
class Caps:
    day: int | None = None
    month: int | None = None


@dataclass
class Clock:
    """What the console and the fake wallet take for now."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that stands: noon in Paris, on the 24th of a month of 30 days."""
    stopped = Clock(datetime(2026, 11, 24, 11, 0, tzinfo=UTC))
    monkeypatch.setattr(timezone, "now", stopped)
    return stopped


class FakeWallet:
    """The bulk endpoint and the opening of wallets, as the API documents them.

    ``refusals`` maps a quantity to the code of the refusal that it meets; ``failures`` are raised
    or answered before anything else, one a request.  ``caps`` are those of a day and of a month of
    Europe/Paris, in points; ``each`` is what an item earns.
    """

    def __init__(self) -> None:
        self.lost = 0  # answers that never arrive, although the wallet did what it was asked
        self.caps = Caps()
        self.each = 1
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
        results = [self._item(item) for item in items]
        if self.lost:
            self.lost -= 1
            raise httpx.ReadTimeout("lost")
        return httpx.Response(200, json={"results": results})

    def _item(self, item: dict[str, Any]) -> dict[str, Any]:
        assert set(item) <= {
            "key", "wallet_id", "rule", "evidence", "channel", "quantity", "signals",
        }  # fmt: skip
        if item["key"] in self.rewards:
            first = self.rewards[item["key"]]
            if first["asked"] != item:
                return self._refused(item, "idempotency_conflict")
            return self._rewarded(item, first["reward"])
        code, fields = self.refusals.get(item["quantity"]), dict[str, str]()
        if item["wallet_id"] not in self.wallets:
            code = "wallet_unknown"
        elif code is None:
            code, fields = self._over_a_cap(item)
        if code:
            return self._refused(item, code, **fields)
        reward = reward_out(
            str(uuid.uuid4()),
            wallet_id=item["wallet_id"],
            rule=item["rule"],
            channel=item["channel"],
            quantity=item["quantity"],
            points=item["quantity"] * self.each,
            evidence=item["evidence"],
            state="posted",
        )
        self.rewards[item["key"]] = {"asked": item, "reward": reward, "at": timezone.now()}
        return self._rewarded(item, reward)

    def _over_a_cap(self, item: dict[str, Any]) -> tuple[str | None, dict[str, str]]:
        """As the wallet says it: of two caps, the one that lasts longer."""
        asked = item["quantity"] * self.each
        today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        month = today.replace(day=1)
        for code, cap, start, end in (
            ("cap_month_reached", self.caps.month, month, month + relativedelta(months=1)),
            ("cap_day_reached", self.caps.day, today, today + relativedelta(days=1)),
        ):
            earned = sum(
                kept["reward"]["points"]
                for kept in self.rewards.values()
                if kept["at"] >= start and kept["reward"]["wallet_id"] == item["wallet_id"]
            )
            if cap is not None and earned + asked > cap:
                return code, {
                    "again_at": end.astimezone(UTC).isoformat().replace("+00:00", "Z"),
                    "asked_points": str(asked),
                    "cap_points": str(cap),
                    "earned_points": str(earned),
                    "left_points": str(max(0, cap - earned)),
                }
        return None, {}

    @staticmethod
    def _refused(item: dict[str, Any], code: str, **fields: str) -> dict[str, Any]:
        status = 404 if code.endswith("unknown") else 409
        problem = refused(status, code, **fields)
        return {"key": item["key"], "status": status, "reward": None, "problem": problem}

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
