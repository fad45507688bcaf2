"""The thin path over HTTP: wallet, pending reward, confirmation, statement, proof."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from eth_utils.address import is_checksum_address

from wallet_service.api import views
from wallet_service.conftest import RULE, RULE_POINTS
from wallet_service.settlement.facts import Settlement, SettlementProof

Caller = Callable[..., tuple[int, dict[str, Any]]]


def _reward(wallet_id: str) -> dict[str, str]:
    return {"wallet_id": wallet_id, "rule": RULE, "evidence": str(uuid.uuid4()), "channel": "web"}


def _open(console: Caller, wallet_id: str, key: str) -> dict[str, Any]:
    status, reward = console("POST", "/rewards", _reward(wallet_id), key=key)
    assert status == 201
    return reward


def test_a_wallet_is_created_once_and_found_again(console: Caller, db: None) -> None:
    path = f"/wallets/{uuid.uuid4()}"
    first_status, first = console("PUT", path)
    again_status, again = console("PUT", path)
    read_status, read = console("GET", path)
    assert (first_status, again_status, read_status) == (201, 200, 200)
    assert first == again == read
    assert is_checksum_address(first["address"])
    assert {name: first[name] for name in first if name.endswith("_points")} == {
        "available_points": 0,
        "pending_points": 0,
        "held_points": 0,
        "recoverable_points": 0,
        "settled_points": 0,
    }
    assert first["last_settlement"] is None


def test_a_reward_goes_from_pending_to_available(
    console: Caller, actions: Caller, wallet_id: str
) -> None:
    reward = _open(console, wallet_id, "report-1:open")
    assert (reward["state"], reward["points"], reward["decided_at"]) == (
        "pending",
        RULE_POINTS,
        None,
    )
    status, posted = console("POST", f"/rewards/{reward['id']}/confirm", key="report-1:confirm")
    assert (status, posted["state"]) == (200, "posted")
    assert console("GET", f"/rewards/{reward['id']}") == (200, posted)
    _, wallet = actions("GET", f"/wallets/{wallet_id}")
    assert (wallet["available_points"], wallet["pending_points"]) == (RULE_POINTS, 0)
    # The ledger answers at once; the chain follows.
    assert wallet["settled_points"] == 0


def test_a_reward_can_be_voided_with_a_reason_code(console: Caller, wallet_id: str) -> None:
    reward = _open(console, wallet_id, "open")
    status, voided = console(
        "POST", f"/rewards/{reward['id']}/void", {"reason": "report_rejected"}, key="void"
    )
    assert (status, voided["state"]) == (200, "voided")


def test_the_same_write_again_is_answered_the_same(console: Caller, wallet_id: str) -> None:
    body = _reward(wallet_id)
    first = console("POST", "/rewards", body, key="same")
    assert console("POST", "/rewards", body, key="same") == first
    path = f"/rewards/{first[1]['id']}/confirm"
    confirmed = console("POST", path, key="confirm")
    assert console("POST", path, key="confirm") == confirmed
    # The first answer, not the present state.
    assert console("POST", "/rewards", body, key="same") == first


def test_the_statement_pages_from_newest_to_oldest(console: Caller, wallet_id: str) -> None:
    for number in range(2):
        reward = _open(console, wallet_id, f"open-{number}")
        console("POST", f"/rewards/{reward['id']}/confirm", key=f"confirm-{number}")
    path = f"/wallets/{wallet_id}/entries"
    status, first = console("GET", f"{path}?limit=3")
    _, rest = console("GET", f"{path}?limit=3&cursor={first['next_cursor']}")
    assert status == 200
    assert rest["next_cursor"] is None
    lines = [
        (line["kind"], line["points"], line["available_after"], line["rule"])
        for line in first["items"] + rest["items"]
    ]
    assert lines == [
        ("reward_posted", 10, 20, RULE),
        ("reward_pending", 10, 10, RULE),
        ("reward_posted", 10, 10, RULE),
        ("reward_pending", 10, 0, RULE),
    ]
    assert {line["settlement"] for line in first["items"]} == {None}


def test_a_settled_entry_shows_its_place_on_the_chain_and_its_proof(
    console: Caller, wallet_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reward = _open(console, wallet_id, "open")
    console("POST", f"/rewards/{reward['id']}/confirm", key="confirm")
    entries_path = f"/wallets/{wallet_id}/entries"
    entry_id = console("GET", entries_path)[1]["items"][0]["id"]
    assert console("GET", f"/proofs/{entry_id}")[1]["code"] == "proof_not_ready"

    settlement = Settlement(
        entry_id=uuid.UUID(entry_id),
        number=7,
        operation="mint",
        points=RULE_POINTS,
        transaction_hash="0x" + "11" * 32,
        block_number=3,
        position=0,
        contract_address="0x" + "22" * 20,
        chain_id=13055,
        settled_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    proof = SettlementProof(
        settlement=settlement,
        block_hash="0x" + "33" * 32,
        function="mintBatch",
        first_number=7,
        line_count=1,
        line="0x" + "44" * 32,
        from_address=None,
        to_address="0x" + "55" * 20,
    )
    monkeypatch.setattr(
        views, "settlement_for_entries", lambda entry_ids: {settlement.entry_id: settlement}
    )
    monkeypatch.setattr(views, "proof_for_entry", lambda asked: proof)
    shown = console("GET", entries_path)[1]["items"][0]["settlement"]
    assert (shown["number"], shown["settled_at"]) == (7, "2026-01-01T00:00:00Z")
    status, body = console("GET", f"/proofs/{entry_id}")
    assert status == 200
    assert {name: body[name] for name in shown} == shown
    assert (body["block_hash"], body["function"]) == (proof.block_hash, "mintBatch")
