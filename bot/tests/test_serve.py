"""The Rasa process as it is started: the hub and the health pages, nothing else of Rasa."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.testing import running_server
from bot.tests.conftest import ACTIONS_TOKEN
from service_kit.ports import free_port

TOKEN = "token-of-the-hub"


@pytest.fixture(scope="module")
def served(
    model: Path, actions_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[httpx.Client]:
    """``python -m bot.serve`` with conversations in a file and no Valkey."""
    folder = tmp_path_factory.mktemp("serve")
    port = free_port()
    environment = {
        **os.environ,
        "DATA_DIR": str(model.parent.parent),
        "BIND_HOST": "127.0.0.1",
        "RASA_PORT": str(port),
        "RASA_TOKEN": TOKEN,
        "ACTIONS_URL": actions_url,
        "ACTIONS_TOKEN": ACTIONS_TOKEN,
        "RASA_DATABASE_URL": f"sqlite:///{folder / 'conversations.db'}",
        "VALKEY_HOST": "127.0.0.1",
        "VALKEY_PORT": "9",
        "VALKEY_PASSWORD": "none",
    }
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "bot.serve"]
    log = folder / "log"
    with (
        running_server(command, url=url, environment=environment, log=log, within_s=120),
        httpx.Client(base_url=url, timeout=10) as client,
    ):
        yield client


def test_the_hub_and_the_health_pages_are_served(served: httpx.Client) -> None:
    assert served.get("/healthz").json() == {"status": "ok"}
    ready = served.get("/readyz")
    assert ready.status_code == 503
    assert ready.json() == {"status": "unavailable", "missing": ["valkey"]}
    hub = "/hub/turns"
    assert served.post(hub, json={}).status_code == 401
    shown = {"Authorization": f"Bearer {TOKEN}"}
    assert served.post(hub, json={}, headers=shown).json()["code"] == "invalid_request"


@pytest.mark.parametrize("query", ["", f"?token={TOKEN}"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/status"),
        ("GET", "/version"),
        ("GET", "/domain"),
        ("GET", "/conversations/x/tracker"),
        ("POST", "/conversations/x/tracker/events"),
        ("POST", "/conversations/x/messages"),
        ("POST", "/conversations/x/execute"),
        ("POST", "/model/parse"),
        ("POST", "/model/train"),
        ("PUT", "/model"),
        ("DELETE", "/model"),
        ("POST", "/webhooks/rest/webhook"),
    ],
)
def test_rasas_own_api_is_closed(served: httpx.Client, method: str, path: str, query: str) -> None:
    shown = {"Authorization": f"Bearer {TOKEN}"} if query else {}
    answer = served.request(method, f"{path}{query}", json={}, headers=shown)
    assert answer.status_code == 404
