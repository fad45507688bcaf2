"""Rules, campaigns, many rewards at once, reviews and corrections over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from wallet_service.conftest import RULE
from wallet_service.ledger.models import IdempotencyKey, JournalEntry
from wallet_service.ledger.services import issuing_stop
from wallet_service.rewards.bulk import MAX_ITEMS
from wallet_service.rewards.models import Reward

from .conftest import CONSOLE_TOKEN

Caller = Callable[..., tuple[int, dict[str, Any]]]
FIRST, SECOND = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
UNKNOWN = "11111111-1111-4111-8111-111111111111"
PHOTO = "ab" * 32


def _key() -> str:
    return str(uuid.uuid4())


def _rule(**changes: Any) -> dict[str, Any]:
    return {"code": "glass.deposit", "points": 1, "author": FIRST} | changes


def _item(wallet_id: str, **changes: Any) -> dict[str, Any]:
    item = {"wallet_id": wallet_id, "rule": RULE, "evidence": _key(), "channel": "collector"}
    return item | {"key": _key()} | changes


def _bulk(console: Caller, *items: Any) -> list[dict[str, Any]]:
    status, body = console("POST", "/rewards/bulk", {"items": list(items)})
    assert status == 200, body
    results: list[dict[str, Any]] = body["results"]
    return results


def _assert_code(answer: tuple[int, dict[str, Any]], status: int, code: str) -> dict[str, Any]:
    assert (answer[0], answer[1]["code"]) == (status, code), answer
    return answer[1]


def test_a_rule_is_added_changed_and_keeps_its_history(console: Caller, db: None) -> None:
    status, first = console("POST", "/rules", _rule(cap_day_points=100), key="1")
    assert (status, first["source"], first["author"]) == (201, "supervisor", FIRST)
    start = (timezone.now() + timedelta(days=3)).isoformat()
    _, second = console(
        "POST", "/rules", _rule(points=2, valid_from=start, auto_post_after_days=0), key="2"
    )
    assert console("POST", "/rules", _rule(cap_day_points=100), key="1") == (201, first)
    assert console("GET", "/rules")[1]["items"] == [first]
    assert console("GET", "/rules/glass.deposit/versions")[1]["items"] == [second, first]
    _assert_code(console("GET", "/rules/glass.nothing/versions"), 404, "rule_unknown")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"points": -1}, "invalid_request"),
        ({"points": 1_000_001}, "invalid_request"),
        ({"points": 1.5}, "invalid_request"),
        ({"points": 1.0}, "invalid_request"),
        ({"points": "5"}, "invalid_request"),
        ({"points": True}, "invalid_request"),
        ({"cap_day_points": 0}, "invalid_request"),
        ({"checked_percent": 101}, "invalid_request"),
        ({"cooling_off_s": -1}, "invalid_request"),
        ({"auto_post_after_days": 400}, "invalid_request"),
        ({"valid_from": 1_700_000_000}, "invalid_request"),
        ({"valid_from": "2099-01-01T00:00:00"}, "invalid_request"),
        ({"valid_from": "9999-12-31T23:59:59Z"}, "invalid_request"),
        ({"valid_from": "2021-01-01T00:00:00Z"}, "rule_start_in_past"),
        ({"points": 50, "cap_day_points": 49}, "rule_terms_contradict"),
        ({"author": None}, "invalid_request"),
        ({"bonus": 1}, "invalid_request"),
    ],
)
def test_a_rule_out_of_bounds_is_refused(
    console: Caller, db: None, changes: dict[str, Any], code: str
) -> None:
    problem = _assert_code(console("POST", "/rules", _rule(**changes), key="k"), 422, code)
    assert problem["message"]
    assert console("GET", "/rules")[1]["items"] == []


def test_a_campaign_shows_what_it_has_spent(console: Caller, wallet_id: str) -> None:
    now = timezone.now()
    campaign = {
        "code": "verre_2026",
        "name": "Verre en fête",
        "starts_at": (now - timedelta(hours=1)).isoformat(),
        "ends_at": (now + timedelta(hours=1)).isoformat(),
        "budget_points": 15,
        "author": FIRST,
    }
    status, body = console("POST", "/campaigns", campaign, key="c")
    assert (status, body["spent_points"]) == (201, 0)
    _assert_code(console("POST", "/campaigns", campaign, key="d"), 409, "campaign_code_taken")
    backwards = campaign | {"code": "late", "starts_at": campaign["ends_at"]}
    _assert_code(
        console("POST", "/campaigns", backwards, key="e"), 422, "campaign_dates_contradict"
    )
    _assert_code(
        console("POST", "/rules", _rule(campaign="none"), key="f"), 404, "campaign_unknown"
    )
    console("POST", "/rules", _rule(code=RULE, points=10, campaign="verre_2026"), key="g")
    results = _bulk(console, _item(wallet_id), _item(wallet_id))
    assert [result["status"] for result in results] == [201, 409]
    assert results[1]["problem"]["code"] == "budget_exhausted"
    assert results[1]["problem"]["fields"] == {"left_points": "5"}
    (listed,) = console("GET", "/campaigns")[1]["items"]
    assert listed == body | {"spent_points": 10}


def test_each_item_answers_for_itself(console: Caller, wallet_id: str) -> None:
    good = _item(wallet_id, quantity=2)
    results = _bulk(
        console,
        good,
        _item(UNKNOWN),
        _item(wallet_id, quantity=0),
        _item(wallet_id, quantity=1.5, key="float"),
        _item(wallet_id, rule="report.nothing"),
        {"key": "not a key"},
        "not an item",
        good | {"quantity": 3},
        _item(wallet_id),
    )
    assert [result["status"] for result in results] == [201, 404, 422, 422, 404, 422, 422, 409, 201]
    assert [result["problem"]["code"] for result in results if result["problem"]] == [
        "wallet_unknown",
        "invalid_request",
        "invalid_request",
        "rule_unknown",
        "invalid_request",
        "invalid_request",
        "idempotency_conflict",
    ]
    assert results[3]["key"] == "float"
    assert list(results[3]["problem"]["fields"]) == ["quantity"]
    assert results[5]["key"] is results[6]["key"] is None
    assert (results[0]["key"], results[0]["reward"]["points"]) == (good["key"], 20)
    assert Reward.objects.count() == 2


def test_the_same_items_again_and_one_alone_get_the_first_answers(
    console: Caller, wallet_id: str
) -> None:
    items = [_item(wallet_id) for _ in range(3)]
    first = _bulk(console, *items)
    assert _bulk(console, *items) == first
    alone = {name: value for name, value in items[0].items() if name != "key"}
    assert console("POST", "/rewards", alone, key=items[0]["key"]) == (201, first[0]["reward"])


@pytest.mark.parametrize("items", [[], [{}] * (MAX_ITEMS + 1), "text", None])
def test_a_bulk_is_one_to_a_hundred(console: Caller, db: None, items: object) -> None:
    status, problem = console("POST", "/rewards/bulk", {"items": items})
    assert (status, problem["code"]) == (422, "invalid_request")


def test_a_hundred_large_items_fit_and_more_bytes_do_not(console: Caller, wallet_id: str) -> None:
    signals = {"photos": [f"{number:064x}" for number in range(5)], "place": PHOTO}
    items = [_item(wallet_id, key=f"{n:0>200}", signals=signals) for n in range(MAX_ITEMS)]
    assert {result["status"] for result in _bulk(console, *items)} == {201}
    answer = console(
        "POST", "/rewards/bulk", {"items": ["x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE]}
    )
    _assert_code(answer, 413, "body_too_large")


def test_a_caps_refusal_is_a_sentence_with_numbers(console: Caller, wallet_id: str) -> None:
    console("POST", "/rules", _rule(code=RULE, points=10, cap_day_points=15), key="r")
    reward = {name: value for name, value in _item(wallet_id).items() if name != "key"}
    assert console("POST", "/rewards", reward, key="1")[0] == 201
    again = reward | {"evidence": _key()}
    problem = _assert_code(console("POST", "/rewards", again, key="2"), 409, "cap_day_reached")
    assert problem["message"].startswith("Le plafond de points du jour est atteint")
    assert (problem["fields"]["left_points"], problem["fields"]["cap_points"]) == ("5", "15")


def test_while_issuing_is_stopped_the_caller_is_told_to_come_back(
    console: Caller, wallet_id: str
) -> None:
    console("POST", "/rules", _rule(code=RULE, points=10, auto_post_after_days=0), key="r")
    issuing_stop(reason="drift")
    reward = {name: value for name, value in _item(wallet_id).items() if name != "key"}
    response = Client().post(
        "/v1/rewards",
        reward,
        content_type="application/json",
        headers={"Authorization": f"Bearer {CONSOLE_TOKEN}", "Idempotency-Key": "1"},
    )
    assert (response.status_code, response.json()["code"]) == (503, "issuing_stopped")
    assert int(response["Retry-After"]) > 0
    (result,) = _bulk(console, _item(wallet_id))
    assert (result["status"], result["problem"]["code"]) == (503, "issuing_stopped")
    assert not Reward.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", 0),
        ("quantity", -1),
        ("quantity", 1_001),
        ("quantity", 10**30),
        ("quantity", 1.0),
        ("quantity", "2"),
        ("quantity", True),
        ("signals", {"photos": [PHOTO] * 6}),
        ("signals", {"photos": ["xyz"]}),
        ("signals", {"place": PHOTO.upper()}),
        ("signals", {"street": PHOTO}),
        ("signals", None),
    ],
)
def test_a_wrong_quantity_or_signal_is_named(
    console: Caller, wallet_id: str, field: str, value: object
) -> None:
    reward = {name: known for name, known in _item(wallet_id).items() if name != "key"}
    answer = console("POST", "/rewards", reward | {field: value}, key="k")
    problem = _assert_code(answer, 422, "invalid_request")
    assert field in " ".join(problem["fields"])
    assert not JournalEntry.objects.exists()
    assert not IdempotencyKey.objects.exists()


def test_a_case_is_listed_and_decided(console: Caller, wallet_id: str) -> None:
    first, second = _bulk(
        console,
        *[_item(wallet_id, signals={"photos": [PHOTO]}) for _ in range(2)],
    )
    assert (first["reward"]["review"], second["reward"]["review"]) == (None, "open")
    (case,) = console("GET", "/reviews?state=open")[1]["items"]
    assert (case["pattern"], case["subject"]) == ("same_photo", second["reward"]["id"])
    assert case["reward"] == second["reward"]
    path = f"/reviews/{case['id']}/decision"
    decision = {"decision": "confirm_fraud", "actor": SECOND}
    status, decided = console("POST", path, decision, key="d")
    assert (status, decided["state"], decided["reward"]["state"]) == (
        200,
        "confirmed_fraud",
        "voided",
    )
    assert console("POST", path, decision, key="d") == (200, decided)
    _assert_code(console("POST", path, decision, key="e"), 409, "review_decided")
    assert console("GET", "/reviews?state=open")[1] == {"items": [], "next_cursor": None}
    assert console("GET", "/reviews")[1]["items"] == [decided]
    assert console("GET", f"/rewards/{case['subject']}")[1]["review"] == "confirmed_fraud"


def test_a_correction_takes_two(console: Caller, wallet_id: str) -> None:
    credit = {
        "kind": "credit",
        "wallet_id": wallet_id,
        "points": 25,
        "reason": "lost_reward",
        "actor": FIRST,
    }
    status, proposed = console("POST", "/corrections", credit, key="p")
    assert (status, proposed["state"]) == (201, "proposed")
    path = f"/corrections/{proposed['id']}/decision"
    approve = {"decision": "approve", "actor": FIRST}
    problem = _assert_code(console("POST", path, approve, key="a"), 409, "same_person")
    assert "à deux" in problem["message"]
    status, applied = console("POST", path, approve | {"actor": SECOND}, key="b")
    assert (status, applied["state"]) == (200, "applied")
    assert console("GET", f"/wallets/{wallet_id}")[1]["available_points"] == 25
    assert console("GET", "/corrections?state=applied")[1]["items"] == [applied]
    _assert_code(
        console("POST", path, {"decision": "reject", "actor": SECOND}, key="c"),
        409,
        "correction_decided",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"points": 0},
        {"points": -5},
        {"points": 2.5},
        {"points": 10**9},
        {"points": None},
        {"wallet_id": None},
        {"wallet_id": "x"},
        {"kind": "refund_voucher"},
        {"kind": "reverse_reward"},
        {"kind": "transfer"},
        {"reason": "Parce que."},
        {"actor": ""},
    ],
)
def test_an_incomplete_correction_is_refused(
    console: Caller, wallet_id: str, changes: dict[str, Any]
) -> None:
    credit = {
        "kind": "credit",
        "wallet_id": wallet_id,
        "points": 25,
        "reason": "lost_reward",
        "actor": FIRST,
    }
    _assert_code(console("POST", "/corrections", credit | changes, key="k"), 422, "invalid_request")
    assert console("GET", "/corrections")[1]["items"] == []


def test_lists_page_from_newest_to_oldest(console: Caller, wallet_id: str) -> None:
    for number in range(3):
        body = {"kind": "debit", "wallet_id": wallet_id, "points": 1 + number}
        console("POST", "/corrections", body | {"reason": "test", "actor": FIRST}, key=_key())
    first = console("GET", "/corrections?limit=2")[1]
    rest = console("GET", f"/corrections?limit=2&cursor={first['next_cursor']}")[1]
    assert [one["points"] for one in first["items"] + rest["items"]] == [3, 2, 1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/rules", None),
        ("GET", "/rules/report.pothole/versions", None),
        ("POST", "/rules", _rule()),
        ("GET", "/campaigns", None),
        ("POST", "/rewards/bulk", {"items": [{}]}),
        ("GET", "/reviews", None),
        ("POST", f"/reviews/{UNKNOWN}/decision", {"decision": "clear", "actor": FIRST}),
        ("GET", "/corrections", None),
        ("POST", f"/corrections/{UNKNOWN}/decision", {"decision": "reject", "actor": FIRST}),
    ],
)
def test_only_the_console_steers_points(
    actions: Caller, db: None, method: str, path: str, body: Any
) -> None:
    _assert_code(actions(method, path, body, key="k"), 403, "scope_missing")
    anonymous = Client().generic(method, f"/v1{path}", data="{}", content_type="application/json")
    assert anonymous.status_code == 401


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        (f"/reviews/{UNKNOWN}/decision", {"decision": "clear", "actor": FIRST}, "review_unknown"),
        (
            f"/corrections/{UNKNOWN}/decision",
            {"decision": "reject", "actor": FIRST},
            "correction_unknown",
        ),
    ],
)
def test_what_is_unknown_cannot_be_decided(
    console: Caller, db: None, path: str, body: dict[str, str], code: str
) -> None:
    _assert_code(console("POST", path, body, key="k"), 404, code)
