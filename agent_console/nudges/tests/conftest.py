"""Two supervisors, and a wallet whose answers are written as its API documents them."""

import json
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from agent_console.nudges import permissions
from agent_console.wallet import http
from agent_console.wallet.tests.bodies import WALLET_ID, refused, reward_out
from agent_console.wallet.tests.contract import check_exchange

ALL = (
    permissions.VIEW,
    permissions.CHANGE_RULES,
    permissions.DECIDE_REVIEWS,
    permissions.CORRECT,
    "reports.view_report",
)
REWARD_ID = "22222222-2222-4222-8222-222222222222"
REVIEW_ID = "33333333-3333-4333-8333-333333333333"
CORRECTION_ID = "44444444-4444-4444-8444-444444444444"
BEFORE, AFTER = "2026-01-01T00:00:00Z", "2126-01-01T00:00:00Z"


def rule(**changed: Any) -> dict[str, Any]:
    return {
        "code": "report.pothole",
        "version": 7,
        "points": 10,
        "valid_from": BEFORE,
        "cap_day_points": 50,
        "cap_month_points": 200,
        "cooling_off_s": 0,
        "auto_post_after_days": 7,
        "checked_percent": 10,
        "campaign": None,
        "source": "seed",
        "author": None,
        "created_at": BEFORE,
        **changed,
    }


def campaign(**changed: Any) -> dict[str, Any]:
    return {
        "code": "verre_2027",
        "name": "Le verre au printemps",
        "starts_at": BEFORE,
        "ends_at": AFTER,
        "budget_points": 2000,
        "spent_points": 500,
        "author": str(uuid.uuid4()),
        "created_at": BEFORE,
        **changed,
    }


def reward(**changed: Any) -> dict[str, Any]:
    return reward_out(REWARD_ID, **changed)


def review(**changed: Any) -> dict[str, Any]:
    return {
        "id": REVIEW_ID,
        "pattern": "same_place",
        "wallet_id": WALLET_ID,
        "subject": REWARD_ID,
        "state": "open",
        "opened_at": BEFORE,
        "decided_by": None,
        "decided_at": None,
        "reward": reward(),
        **changed,
    }


def correction(**changed: Any) -> dict[str, Any]:
    return {
        "id": CORRECTION_ID,
        "kind": "credit",
        "wallet_id": WALLET_ID,
        "subject": None,
        "points": 25,
        "reason": "wrong_count",
        "state": "proposed",
        "proposed_by": str(uuid.uuid4()),
        "proposed_at": BEFORE,
        "decided_by": None,
        "decided_at": None,
        "entry_id": None,
        **changed,
    }


def reconciliation(**changed: Any) -> dict[str, Any]:
    return {
        "id": 12,
        "block_number": 345,
        "wallets": 1200,
        "drifts": 0,
        "books_match": True,
        "supply_matches": True,
        "agrees": True,
        "finished_at": BEFORE,
        **changed,
    }


def chain(**changed: Any) -> dict[str, Any]:
    return {
        "chain_id": 13055,
        "contract_address": "0x" + "c" * 40,
        "state": "settling",
        "problem": "",
        "relayer_seen_at": BEFORE,
        "lag_entries": 1234,
        "lag_seconds": 120,
        "issuing_stopped": False,
        "issuing_stopped_reason": None,
        "last_reconciliation": reconciliation(),
        **changed,
    }


def limits(**changed: Any) -> dict[str, Any]:
    return {
        "spent_cents_12_months": 12_345_600,
        "circulation_points": 400_000,
        "circulation_cents": 4_000_000,
        "level": "ok",
        "thresholds": {
            "watch_cents": 50_000_000,
            "alarm_cents": 75_000_000,
            "legal_cents": 100_000_000,
        },
        "totals": {
            "circulating_points": 390_000,
            "pending_points": 10_000,
            "expired_points": 1_000,
            "reimbursed_points": 20_000,
            "recoverable_points": 5,
        },
        **changed,
    }


def page(*items: dict[str, Any]) -> dict[str, Any]:
    return {"items": list(items), "next_cursor": None}


class FakeWallet:
    """Answers by method and path; remembers what was written."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {
            "GET /v1/rules": (200, page(rule(), rule(code="glass.deposit", points=1))),
            "GET /v1/rules/report.pothole/versions": (200, page(rule())),
            "GET /v1/campaigns": (200, page(campaign())),
            "GET /v1/reviews": (200, page(review())),
            "GET /v1/corrections": (200, page(correction())),
            "GET /v1/chain": (200, chain()),
            "GET /v1/reconciliations": (200, page(reconciliation())),
            "GET /v1/limits": (200, limits()),
        }
        self.written: list[tuple[str, str, dict[str, Any]]] = []
        self.is_away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            raise httpx.ConnectError("away")
        name = f"{request.method} {request.url.path}"
        if request.method == "POST":
            key = request.headers["Idempotency-Key"]
            self.written.append((request.url.path, key, json.loads(request.content)))
        if name == "GET /v1/corrections":
            if request.url.params["state"] != "proposed":
                name += f"?state={request.url.params['state']}"
            status, body = self.answers.get(name, (200, page()))
            return _response((status, _part(body, request) if status == HTTPStatus.OK else body))
        if name not in self.answers:
            return httpx.Response(404, json=refused(404, "not_found"))
        return _response(self.answers[name])

    def refuse(self, name: str, code: str, status: int = 409, **fields: str) -> None:
        self.answers[name] = (status, refused(status, code, **fields))


def _part(body: dict[str, Any], request: httpx.Request) -> dict[str, Any]:
    """The page that is asked for; the cursor is the id of the last item of the one before."""
    items, limit = body["items"], int(request.url.params["limit"])
    ids = [item["id"] for item in items]
    cursor = request.url.params.get("cursor")
    rest = items[ids.index(cursor) + 1 :] if cursor in ids else items
    more = len(rest) > limit
    return {"items": rest[:limit], "next_cursor": rest[limit - 1]["id"] if more else None}


def _response(answer: tuple[int, Any]) -> httpx.Response:
    return httpx.Response(answer[0], json=answer[1])


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> FakeWallet:
    double = FakeWallet()

    def answer(request: httpx.Request) -> httpx.Response:
        response = double(request)
        if response.is_success or request.method == "POST":
            check_exchange(request, response)
        return response

    client = httpx.Client(base_url="http://wallet.test", transport=httpx.MockTransport(answer))
    monkeypatch.setattr(http, "client", lambda: client)
    return double


@pytest.fixture
def supervisor(make_user: Callable[..., User]) -> User:
    return make_user("nadia", *ALL)


@pytest.fixture
def console(supervisor: User, client: Client) -> Client:
    """A browser where a supervisor is signed in."""
    client.force_login(supervisor)
    return client
