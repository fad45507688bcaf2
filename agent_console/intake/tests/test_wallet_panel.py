"""The wallet's panel, against the wallet API's answers over HTTP (the transport is the fake)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from django.test import Client

from agent_console.citizens.models import Resident
from agent_console.citizens.services import wallet_assign
from agent_console.reports.models import Report, ReportReward, RewardState
from agent_console.wallet import http as wallet_http

TRANSACTION = "0x" + "ab" * 32
type Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def wallet_answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Answer]]:
    """Put the wallet API's answer here; the console's own client sends the request."""
    answers: list[Answer] = []
    http = httpx.Client(
        base_url="http://wallet.test",
        transport=httpx.MockTransport(lambda request: answers[-1](request)),
    )
    monkeypatch.setattr(wallet_http, "client", lambda: http)
    yield answers
    http.close()


@pytest.fixture
def resident(everybody_agrees: None, report: Report) -> Resident:
    assert report.resident is not None
    wallet_assign(resident_id=report.resident.id)
    report.resident.refresh_from_db()
    ReportReward.objects.update(state=RewardState.PENDING)
    return report.resident


def wallet_body(wallet_id: UUID | None, **points: int) -> dict[str, Any]:
    none = dict.fromkeys(("available", "pending", "held", "settled", "recoverable"), 0)
    amounts = none | points
    return {
        "id": str(wallet_id),
        "address": "0x00000000000000000000000000000000000000Aa",
        **{f"{name}_points": count for name, count in amounts.items()},
        "last_settlement": None,
        "created_at": "2026-03-02T08:15:00Z",
    }


def settlement() -> dict[str, Any]:
    return {
        "entry_id": str(uuid4()),
        "number": 41,
        "operation": "mint",
        "points": 10,
        "transaction_hash": TRANSACTION,
        "block_number": 1337,
        "position": 0,
        "contract_address": "0x00000000000000000000000000000000000000Bb",
        "chain_id": 13055,
        "settled_at": "2026-03-02T08:15:02Z",
    }


def panel(console: Client, resident: Resident) -> str:
    response = console.get(f"/console/residents/{resident.id}/wallet/")
    assert response.status_code == 200
    return response.text


def test_settled_points_come_with_the_transaction_that_proves_them(
    console: Client, resident: Resident, wallet_answers: list[Answer]
) -> None:
    body = wallet_body(resident.wallet_id, available=10, settled=10)
    body["last_settlement"] = settlement()
    wallet_answers.append(lambda request: httpx.Response(200, json=body))
    shown = panel(console, resident)
    assert 'data-testid="wallet-available" data-points="10"' in shown
    assert TRANSACTION in shown
    assert "1337" in shown
    assert "n°&nbsp;41" in shown
    assert "en cours" not in shown
    assert "load delay" not in shown  # nothing moves: the panel stops asking


def test_points_not_on_the_chain_yet_are_said_to_be_under_way(
    console: Client, resident: Resident, wallet_answers: list[Answer]
) -> None:
    body = wallet_body(resident.wallet_id, available=20, settled=10)
    wallet_answers.append(lambda request: httpx.Response(200, json=body))
    shown = panel(console, resident)
    assert "Inscription au registre en cours" in shown
    assert "load delay" in shown


@pytest.mark.parametrize(("points", "times"), [(0, 0), (15, 1)])
def test_what_will_be_taken_back_is_shown_while_there_is_any(
    console: Client, resident: Resident, wallet_answers: list[Answer], points: int, times: int
) -> None:
    body = wallet_body(resident.wallet_id, recoverable=points)
    wallet_answers.append(lambda request: httpx.Response(200, json=body))
    assert panel(console, resident).count("wallet-recoverable") == times


def test_the_panel_waits_for_the_points_of_a_validated_report(
    console: Client, report: Report, resident: Resident, wallet_answers: list[Answer]
) -> None:
    body = wallet_body(resident.wallet_id, pending=10)
    wallet_answers.append(lambda request: httpx.Response(200, json=body))
    assert "load delay" not in panel(console, resident)
    console.post(f"/console/reports/{report.reference}/validate/")
    assert "load delay" in panel(console, resident)


@pytest.mark.parametrize(
    "answer",
    [
        lambda request: httpx.Response(503, json={"code": "unavailable"}),
        lambda request: httpx.Response(401, json={"code": "token_invalid"}),
    ],
)
def test_a_wallet_that_fails_is_said_in_words(
    console: Client, resident: Resident, wallet_answers: list[Answer], answer: Answer
) -> None:
    wallet_answers.append(answer)
    assert "Le portefeuille ne répond pas" in panel(console, resident)


def test_a_wallet_that_is_away_does_not_take_the_page_with_it(
    console: Client, report: Report, resident: Resident, wallet_answers: list[Answer]
) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away")

    wallet_answers.append(away)
    assert "Le portefeuille ne répond pas" in panel(console, resident)
    assert console.get(f"/console/reports/{report.reference}/").status_code == 200


def test_a_wallet_that_is_being_opened_is_not_an_error(
    console: Client, resident: Resident, wallet_answers: list[Answer]
) -> None:
    wallet_answers.append(lambda request: httpx.Response(404, json={"code": "wallet_unknown"}))
    assert "Le portefeuille s’ouvre" in panel(console, resident)


def test_an_unknown_resident_is_not_found(console: Client) -> None:
    assert console.get(f"/console/residents/{uuid4()}/wallet/").status_code == 404
