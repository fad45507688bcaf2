"""Bad input and wrong tokens: a 4xx problem with code, message and fields, and nothing written."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from wallet_service.api import wallets
from wallet_service.conftest import RULE
from wallet_service.ledger.models import IdempotencyKey, JournalEntry, Wallet
from wallet_service.rewards.models import Reward

Caller = Callable[..., tuple[int, dict[str, Any]]]
UNKNOWN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture
def body(wallet_id: str) -> dict[str, Any]:
    return {"wallet_id": wallet_id, "rule": RULE, "evidence": str(uuid.uuid4()), "channel": "web"}


@pytest.fixture
def nothing_written(wallet_id: str) -> Iterator[None]:
    yield
    for model in (Reward, JournalEntry, IdempotencyKey):
        assert not model.objects.exists()
    assert Wallet.objects.count() == 1


def _assert_problem(answer: tuple[int, dict[str, Any]], status: int, code: str) -> None:
    assert (answer[0], answer[1]["code"]) == (status, code), answer
    assert set(answer[1]) == {"type", "title", "status", "code", "message", "fields"}
    assert answer[1]["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wallet_id", "not-a-uuid"),
        ("wallet_id", "{11111111-1111-4111-8111-111111111111}"),
        ("wallet_id", "11111111111141118111111111111111"),
        ("wallet_id", 12),
        ("wallet_id", None),
        ("evidence", True),
        ("evidence", ""),
        ("rule", "report"),
        ("rule", "report.pothole\n"),
        ("rule", "report.\u0000"),
        ("rule", "x." + "y" * 100),
        ("rule", 10),
        ("channel", "pigeon"),
        ("channel", ["web"]),
        ("points", 1000),
    ],
)
@pytest.mark.usefixtures("nothing_written")
def test_a_wrong_field_is_named(
    console: Caller, body: dict[str, Any], field: str, value: object
) -> None:
    answer = console("POST", "/rewards", body | {field: value}, key="k")
    _assert_problem(answer, 422, "invalid_request")
    assert field in " ".join(answer[1]["fields"])


@pytest.mark.parametrize("sent", [[], "text", 5, None, {}])
@pytest.mark.usefixtures("nothing_written")
def test_a_body_that_is_no_reward_is_refused(console: Caller, sent: object) -> None:
    status, problem = console("POST", "/rewards", sent, key="k")
    assert status in (400, 422)
    assert problem["code"] in ("http_400", "invalid_request")


@pytest.mark.parametrize("key", [None, "", "a b", "k" * 201, "clé"])
@pytest.mark.usefixtures("nothing_written")
def test_a_write_needs_a_proper_key(console: Caller, body: dict[str, Any], key: str | None) -> None:
    _assert_problem(console("POST", "/rewards", body, key=key), 422, "invalid_request")


@pytest.mark.parametrize("reason", ["", "Two words", "x", "a" * 41, 5, None])
def test_a_reason_is_a_code_and_no_sentence(
    console: Caller, body: dict[str, Any], reason: object
) -> None:
    reward = console("POST", "/rewards", body, key="open")[1]
    path = f"/rewards/{reward['id']}"
    _assert_problem(
        console("POST", f"{path}/void", {"reason": reason}, key="void"), 422, "invalid_request"
    )
    assert console("GET", path)[1]["state"] == "pending"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=1.0", "limit=%2B1", "limit=1_0", "cursor=last"]
)
def test_a_malformed_page_is_refused(console: Caller, wallet_id: str, query: str) -> None:
    answer = console("GET", f"/wallets/{wallet_id}/entries?{query}")
    _assert_problem(answer, 422, "invalid_request")


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", f"/wallets/{UNKNOWN}", "wallet_unknown"),
        ("GET", f"/wallets/{UNKNOWN}/entries", "wallet_unknown"),
        ("GET", f"/rewards/{UNKNOWN}", "reward_unknown"),
        ("POST", f"/rewards/{UNKNOWN}/confirm", "reward_unknown"),
        ("GET", f"/proofs/{UNKNOWN}", "entry_unknown"),
        ("GET", "/nothing", "not_found"),
    ],
)
def test_what_does_not_exist_is_404(
    console: Caller, db: None, method: str, path: str, code: str
) -> None:
    _assert_problem(console(method, path, key="k"), 404, code)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"wallet_id": UNKNOWN}, "wallet_unknown"), ({"rule": "report.none"}, "rule_unknown")],
)
@pytest.mark.usefixtures("nothing_written")
def test_a_reward_for_something_unknown_is_404(
    console: Caller, body: dict[str, Any], changes: dict[str, str], code: str
) -> None:
    _assert_problem(console("POST", "/rewards", body | changes, key="k"), 404, code)


def test_conflicts_have_their_own_codes(console: Caller, body: dict[str, Any]) -> None:
    reward = console("POST", "/rewards", body, key="open")[1]
    path = f"/rewards/{reward['id']}"
    other = body | {"evidence": str(uuid.uuid4())}
    _assert_problem(console("POST", "/rewards", other, key="open"), 409, "idempotency_conflict")
    _assert_problem(
        console("POST", "/rewards", body, key="open-2"), 409, "evidence_already_rewarded"
    )
    console("POST", f"{path}/confirm", key="confirm")
    _assert_problem(console("POST", f"{path}/confirm", key="confirm-2"), 409, "reward_not_pending")
    _assert_problem(
        console("POST", f"{path}/void", {"reason": "mistake"}, key="void"),
        409,
        "reward_not_pending",
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", f"/wallets/{UNKNOWN}"),
        ("GET", f"/rewards/{UNKNOWN}"),
        ("POST", f"/rewards/{UNKNOWN}/confirm"),
    ],
)
@pytest.mark.usefixtures("nothing_written")
def test_a_token_does_only_what_its_scopes_say(actions: Caller, method: str, path: str) -> None:
    _assert_problem(actions(method, path, key="k"), 403, "scope_missing")


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Bearer ", "Basic abc", "Bearer clé"])
def test_without_a_known_token_nothing_is_told(db: None, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    for path in (f"/v1/wallets/{UNKNOWN}", f"/v1/rewards/{UNKNOWN}", f"/v1/proofs/{UNKNOWN}"):
        response = Client().get(path, headers=headers)
        _assert_problem((response.status_code, response.json()), 401, "token_invalid")


def test_a_wrong_method_is_405_and_names_the_right_ones(console: Caller, db: None) -> None:
    _assert_problem(console("DELETE", f"/wallets/{UNKNOWN}"), 405, "method_not_allowed")
    response = Client().delete(f"/v1/wallets/{UNKNOWN}")
    assert set(response["Allow"].split(", ")) >= {"GET", "PUT"}


@pytest.mark.usefixtures("nothing_written")
def test_a_large_body_is_413(console: Caller, body: dict[str, Any]) -> None:
    answer = console("POST", "/rewards", body | {"rule": "x" * 20_000}, key="k")
    _assert_problem(answer, 413, "body_too_large")


def test_a_database_that_is_away_is_503_and_says_when_to_come_back(
    console: Caller, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*, wallet_id: uuid.UUID) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(wallets, "wallet_get", away)
    _assert_problem(console("GET", f"/wallets/{UNKNOWN}"), 503, "database_unavailable")


def test_an_unforeseen_error_is_a_problem_too(
    console: Caller, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*, wallet_id: uuid.UUID) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(wallets, "wallet_get", broken)
    _assert_problem(console("GET", f"/wallets/{UNKNOWN}"), 500, "internal_error")
