"""Which answers of the wallet service are final, and which must be asked for again."""

import json
import uuid

import httpx
import pytest

from agent_console.wallet import client, http

EVIDENCE = uuid.uuid4()


def _answer(monkeypatch: pytest.MonkeyPatch, status: int, body: object) -> None:
    transport = httpx.MockTransport(
        lambda request: httpx.Response(status, content=json.dumps(body))
    )
    double = httpx.Client(base_url="http://wallet", transport=transport)
    monkeypatch.setattr(http, "client", lambda: double)


def _open() -> client.RewardView:
    return client.reward_open(
        wallet_id=uuid.uuid4(), rule="report.pothole", evidence=EVIDENCE, channel="web"
    )


def test_a_reward_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    reward = uuid.uuid4()
    _answer(monkeypatch, 201, {"id": str(reward), "state": "pending", "points": 10})
    assert _open() == client.RewardView(id=reward, state="pending", points=10)


@pytest.mark.parametrize("code", ["evidence_already_rewarded", "reward_not_pending"])
def test_a_decision_is_final(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    _answer(monkeypatch, 409, {"code": code})
    with pytest.raises(client.WalletRefused) as refused:
        _open()
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {"code": "token_invalid"}),
        (403, {"code": "scope_missing"}),
        (404, {"code": "rule_unknown"}),
        (404, {"code": "reward_unknown"}),
        (404, "<html>"),
        (429, {}),
        (500, {"code": "internal_error"}),
        (503, []),
    ],
)
def test_a_fault_of_ours_loses_nobodys_points(
    monkeypatch: pytest.MonkeyPatch, status: int, body: object
) -> None:
    _answer(monkeypatch, status, body)
    with pytest.raises(client.WalletUnavailable):
        _open()


def test_an_unknown_wallet_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    _answer(monkeypatch, 404, {"code": "wallet_unknown"})
    with pytest.raises(client.WalletUnknown):
        client.wallet_get(uuid.uuid4())
