"""What a collector may send, what it is answered, and what is stored of it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

from agent_console.collectors import services
from agent_console.collectors.models import Card, Deposit, DepositState
from agent_console.collectors.schemas import DEPOSITS_MAX
from agent_console.collectors.tests.conftest import SECRET, batch, deposit, headers, send
from agent_console.collectors.webhook import BODY_MAX_BYTES

pytestmark = pytest.mark.django_db


def _jobs() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        (count,) = cursor.fetchone()
    return int(count)


def _refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    """The problem's body, once it is certain that nothing was stored."""
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(answer.content)
    assert problem["code"] == code
    assert problem["message"]
    assert not Deposit.objects.exists()
    assert not Card.objects.exists()
    assert _jobs() == 0
    return problem


def test_a_batch_is_stored_and_waits_for_its_cards() -> None:
    answer = send(batch(deposit("a", items=3), deposit("b", items=1000, card="ab-12.34 56")))
    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "duplicates": 0, "conflicts": []}
    first = Deposit.objects.select_related("card").get(external_id="a")
    assert (first.items, first.state, first.site) == (3, "waiting_card", "Borne du Vieux-Port")
    assert first.card.last4 == "3456"
    assert Deposit.objects.get(external_id="b").card.last4 == "3456"
    assert Card.objects.count() == 2


def test_the_number_of_a_card_is_nowhere_in_the_database() -> None:
    send(batch(deposit("a")))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT row_to_json(c)::text || row_to_json(d)::text"
            " FROM collectors_card c JOIN collectors_deposit d ON d.card_id = c.id"
        )
        (row,) = cursor.fetchall()
    assert "3456" in str(row)
    assert "497010123456" not in str(row)


def test_a_deposit_counts_once_however_often_it_is_sent() -> None:
    body = batch(deposit("a"), deposit("b"), deposit("a"))
    assert send(body).json() == {"accepted": 2, "duplicates": 1, "conflicts": []}
    assert send(body).json() == {"accepted": 0, "duplicates": 3, "conflicts": []}
    more = batch(deposit("b"), deposit("c", card="4970-1012-3456"))
    assert send(more).json() == {"accepted": 1, "duplicates": 1, "conflicts": []}
    assert Deposit.objects.count() == 3
    assert Card.objects.count() == 1


def test_what_came_first_stands_when_it_comes_again_with_other_content() -> None:
    send(batch(deposit("a", items=3)))
    answer = send(batch(deposit("a", items=900), deposit("b")))
    assert answer.json() == {"accepted": 1, "duplicates": 0, "conflicts": ["a"]}
    assert Deposit.objects.get(external_id="a").items == 3
    inside = send(batch(deposit("x", items=1), deposit("x", items=2)))
    assert inside.json() == {"accepted": 1, "duplicates": 0, "conflicts": ["x"]}
    assert Deposit.objects.get(external_id="x").items == 1


def test_two_collectors_may_use_the_same_numbers(settings: Settings) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {"demo": SECRET, "other": "o" * 40}
    send(batch(deposit("a")))
    body = batch(deposit("a"), collector="other")
    answer = send(body, headers(body, collector="other", secret="o" * 40))
    assert answer.json()["accepted"] == 1
    assert Card.objects.count() == 2


@pytest.mark.parametrize("missing", ["X-Collector", "X-Timestamp", "X-Signature"])
def test_an_unsigned_request_is_refused(missing: str) -> None:
    body = batch(deposit())
    given = headers(body)
    del given[missing]
    problem = _refused(send(body, given), 401, "signature_missing")
    assert problem["fields"] == {missing: "missing"}


@pytest.mark.parametrize(
    "changed",
    [
        {"X-Signature": "sha256=" + "0" * 64},
        {"X-Signature": "0" * 64},
        {"X-Signature": "sha256=é"},
        {"X-Signature": "md5=" + "0" * 32},
        {"X-Timestamp": "1700000000"},
        {"X-Timestamp": "-1"},
        {"X-Timestamp": "1e9"},
        {"X-Timestamp": "²²"},
        {"X-Timestamp": "9" * 400},
        {"X-Collector": "nobody"},
        {"X-Collector": "DEMO"},
    ],
)
def test_a_wrong_signature_is_refused(changed: dict[str, str]) -> None:
    body = batch(deposit())
    problem = _refused(send(body, headers(body) | changed), 401, "signature_invalid")
    assert problem["fields"] == {"X-Signature": "invalid"}


def test_a_signature_is_of_this_body_and_this_secret() -> None:
    body = batch(deposit())
    _refused(send(body + b" ", headers(body)), 401, "signature_invalid")
    _refused(send(body, headers(body, secret="t" * 40)), 401, "signature_invalid")


@pytest.mark.parametrize("late_s", [310, 86_400, -310])
def test_a_request_of_another_time_is_refused(late_s: int) -> None:
    body = batch(deposit())
    problem = _refused(send(body, headers(body, late_s=late_s)), 401, "timestamp_stale")
    assert problem["fields"] == {"X-Timestamp": "stale"}
    assert "5 minutes" in problem["message"]
    assert not Deposit.objects.exists()


@pytest.mark.parametrize("late_s", [290, -290])
def test_clocks_may_differ_a_little(late_s: int) -> None:
    body = batch(deposit())
    assert send(body, headers(body, late_s=late_s)).status_code == 200


def test_nobody_may_call_when_no_collector_is_configured(settings: Settings) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {}
    body = batch(deposit())
    _refused(send(body), 401, "signature_invalid")
    _refused(send(body, headers(body, secret="")), 401, "signature_invalid")


def test_a_collector_speaks_for_itself_only(settings: Settings) -> None:
    settings.GLASS_COLLECTOR_SECRETS = {"demo": SECRET, "other": "o" * 40}
    body = batch(deposit(), collector="other")
    problem = _refused(send(body), 422, "collector_mismatch")
    assert problem["fields"] == {"collector": "mismatch"}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"items": 0}, "items"),
        ({"items": -1}, "items"),
        ({"items": 1001}, "items"),
        ({"items": 10**22}, "items"),
        ({"items": 1.0}, "items"),
        ({"items": True}, "items"),
        ({"items": "3"}, "items"),
        ({"items": None}, "items"),
        ({"id": ""}, "id"),
        ({"id": "x" * 65}, "id"),
        ({"id": "a b"}, "id"),
        ({"id": "a\u0000"}, "id"),
        ({"id": "a\n"}, "id"),
        ({"id": 7}, "id"),
        ({"card": "12345"}, "card"),
        ({"card": "1" * 33}, "card"),
        ({"card": "١٢٣٤٥٦٧"}, "card"),
        ({"card": "1234567\u0000"}, "card"),
        ({"happened_at": "2026-11-24T10:00:00"}, "happened_at"),
        ({"happened_at": 1_700_000_000}, "happened_at"),
        ({"happened_at": "yesterday"}, "happened_at"),
        ({"happened_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "happened_at"),
        ({"happened_at": (datetime.now(UTC) - timedelta(days=400)).isoformat()}, "happened_at"),
        ({"site": "x" * 81}, "site"),
        ({"site": "\u0000"}, "site"),
        ({"wallet": "x"}, "wallet"),
    ],
)
def test_one_bad_deposit_refuses_the_batch_and_is_named(
    changed: dict[str, Any], field: str
) -> None:
    answer = send(batch(deposit("good"), deposit("bad") | changed))
    problem = _refused(answer, 422, "invalid_request")
    assert list(problem["fields"]) == [f"deposits.1.{field}"]
    assert problem["fields"][f"deposits.1.{field}"]


@pytest.mark.parametrize("field", ["id", "card", "items", "happened_at"])
def test_a_field_that_is_missing_is_named(field: str) -> None:
    sent = deposit()
    del sent[field]
    problem = _refused(send(batch(sent)), 422, "invalid_request")
    assert problem["fields"] == {f"deposits.0.{field}": "missing"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b'{"collector": "\\ud800"}', b"[" * 100_000, b"'"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    _refused(send(body), 400, "json_invalid")


@pytest.mark.parametrize("body", [b"[]", b"null", b"NaN", b"7", b'{"collector": "demo"}'])
def test_what_is_not_a_batch_is_refused(body: bytes) -> None:
    _refused(send(body), 422, "invalid_request")


def test_a_batch_has_a_size() -> None:
    full = [deposit(f"d-{number}", card=f"49701012{number:04}") for number in range(DEPOSITS_MAX)]
    _refused(send(batch(*full, deposit("one-more"))), 422, "invalid_request")
    _refused(send(batch()), 422, "invalid_request")
    assert len(batch(*full)) < BODY_MAX_BYTES
    assert send(batch(*full)).json()["accepted"] == DEPOSITS_MAX


@pytest.mark.parametrize("size", [BODY_MAX_BYTES + 1, 400_000])
def test_a_huge_body_is_refused_before_it_is_looked_at(size: int) -> None:
    _refused(send(b" " * size), 413, "body_too_large")


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_other_methods_are_refused(method: str) -> None:
    answer = getattr(Client(), method)("/collectors/glass")
    _refused(answer, 405, "method_not_allowed")
    assert answer.headers["Allow"] == "POST"


def test_a_database_that_fails_asks_for_the_batch_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **kwargs: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(services, "_cards_locked", fail)
        answer = send(batch(deposit()))
        _refused(answer, 503, "unavailable")
        assert answer.headers["Retry-After"]
    assert send(batch(deposit())).json()["accepted"] == 1


def test_the_runtime_role_takes_a_batch_in() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE mdmp_console_runtime")
        try:
            answer = send(batch(deposit("a"), deposit("b")))
        finally:
            cursor.execute("RESET ROLE")
    assert answer.json()["accepted"] == 2
    assert set(Deposit.objects.values_list("state", flat=True)) == {DepositState.WAITING_CARD}
