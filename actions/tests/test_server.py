"""The action server over HTTP: tokens, failures, and nothing said about the conversation."""

from __future__ import annotations

import json
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from actions.server import ACTIONS, action_executor
from actions.settings import SettingMissing, settings_from_environment
from actions.tests.conftest import CONVERSATION, SETTINGS, message
from bot.testing import running_server

TOKEN = {"Authorization": "Bearer actions-token"}
SECRET_WORDS = "12 rue Secrète"


@dataclass
class Running:
    """The action server in a process of its own, and where its log goes."""

    url: str
    log: Path


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = tmp_path_factory.mktemp("actions") / "log"
    environment = {
        **os.environ,
        "ACTIONS_PORT": str(port),
        "ACTIONS_TOKEN": SETTINGS.actions_token,
        # Nothing listens there: an action that calls out finds the service away.
        "CONSOLE_URL": "http://127.0.0.1:9",
        "WALLET_URL": "http://127.0.0.1:9",
        "CONSOLE_API_TOKEN_ACTIONS": SETTINGS.console_token,
        "WALLET_API_TOKEN_ACTIONS": SETTINGS.wallet_token,
    }
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "actions.server"]
    with running_server(command, url=url, environment=environment, log=log, within_s=30):
        yield Running(url, log)


@pytest.fixture
async def server(running: Running) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url, timeout=20) as client:
        yield client


NOTHING = dict.fromkeys(("category", "address", "place", "commune", "description"), "")


def _call(action: str, **slots: Any) -> dict[str, Any]:
    latest = message(SECRET_WORDS, "affirm")
    return {
        "next_action": action,
        "sender_id": CONVERSATION,
        "tracker": {
            "sender_id": CONVERSATION,
            "slots": slots,
            "latest_message": latest,
            "events": [
                {"event": "user", "text": SECRET_WORDS, "metadata": latest["metadata"]},
                {"event": "active_loop", "name": "report_form"},
            ],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        },
    }


async def test_an_action_runs(server: httpx.AsyncClient) -> None:
    introduction = {"utter_introduction": [{"text": "Bonjour."}]}
    call = {**_call("action_session_start"), "domain": {"responses": introduction}}
    answer = await server.post("/webhook", json=call, headers=TOKEN)
    assert answer.status_code == 200
    # In this order: see StartSession.
    kinds = [event["event"] for event in answer.json()["events"]]
    assert kinds == ["session_started", "slot", "bot", "action"]
    assert answer.json()["events"][2]["text"] == "Bonjour."


@pytest.mark.parametrize("shown", [None, "Bearer", "Bearer wrong", "actions-token"])
async def test_strangers_are_refused(server: httpx.AsyncClient, shown: str | None) -> None:
    headers = {"Authorization": shown} if shown is not None else {}
    answer = await server.post("/webhook", json=_call("action_balance"), headers=headers)
    assert answer.status_code == 401


async def test_an_unknown_action_is_404(server: httpx.AsyncClient) -> None:
    assert (await server.post("/webhook", json=_call("nope"), headers=TOKEN)).status_code == 404


async def test_a_body_that_is_no_call_is_refused(server: httpx.AsyncClient) -> None:
    for body in (b"", b"[]", b"{"):
        answer = await server.post("/webhook", content=body, headers=TOKEN)
        assert answer.status_code == 422


async def test_a_failure_says_nothing_of_the_conversation(
    server: httpx.AsyncClient, running: Running
) -> None:
    # No domain with the call: the action breaks on it.
    call = _call("validate_report_form", report_location=SECRET_WORDS)
    answer = await server.post("/webhook", json=call, headers=TOKEN)
    assert answer.status_code == 500
    assert answer.json() == {"code": "action_failed"}
    log = running.log.read_text(encoding="utf-8")
    assert "Secrète" not in log
    failed = next(line for line in map(json.loads, log.splitlines()) if "error" in line)
    assert failed["action"] == "validate_report_form"
    assert failed["error"][0].startswith("builtins.KeyError@")


async def test_a_service_being_away_fails_the_action(server: httpx.AsyncClient) -> None:
    kept = [{"key": "k", "label": "trou", "body": {**NOTHING, "conversation": CONVERSATION}}]
    call = {**_call("action_send_kept_reports", kept_reports=kept), "domain": {"responses": {}}}
    answer = await server.post("/webhook", json=call, headers=TOKEN)
    assert answer.status_code == 503
    assert answer.json() == {"code": "console_unavailable"}


async def test_health(server: httpx.AsyncClient) -> None:
    assert (await server.get("/healthz")).json() == {"status": "ok"}
    assert (await server.get("/readyz")).json() == {"status": "ready", "missing": []}


def test_every_action_is_registered_once() -> None:
    assert len(action_executor().actions) == len(ACTIONS)


@pytest.mark.parametrize(
    "name",
    ["ACTIONS_TOKEN", "CONSOLE_API_TOKEN_ACTIONS", "WALLET_API_TOKEN_ACTIONS", "CONSOLE_URL"],
)
def test_a_missing_setting_stops_the_start(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for known in (
        "ACTIONS_TOKEN",
        "CONSOLE_API_TOKEN_ACTIONS",
        "WALLET_API_TOKEN_ACTIONS",
        "CONSOLE_URL",
        "WALLET_URL",
    ):
        monkeypatch.setenv(known, "x")
    monkeypatch.setenv(name, " ")
    with pytest.raises(SettingMissing, match=name):
        settings_from_environment()


def test_every_action_of_the_domain_is_served() -> None:
    named: set[str] = set()
    for path in (Path(__file__).resolve().parents[2] / "bot" / "domain").rglob("*.yml"):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("actions") or []:
            named |= {entry} if isinstance(entry, str) else set(entry)
    custom = {name for name in named if not name.startswith("utter_")}
    served = {action().name() for action in ACTIONS}
    assert custom - served == set()
