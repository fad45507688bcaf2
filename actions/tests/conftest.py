"""Trackers as Rasa sends them, and services answered by respx."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.clients import connect, use_services
from actions.settings import Settings

CONVERSATION = "5f2c1c9e-5a3e-4f43-9d1b-0d8f3a1f2b3c"
TURN = "0b8f4a40-5f0e-4a9a-b5c1-0e6a2f3d4c5b"
CONSOLE = "http://console.test"
WALLET = "http://wallet.test"

SETTINGS = Settings(
    host="127.0.0.1",
    port=0,
    console_url=CONSOLE,
    wallet_url=WALLET,
    actions_token="actions-token",
    console_token="console-token",
    wallet_token="wallet-token",
)


@pytest.fixture(autouse=True)
async def services(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Clients of this test's event loop; no waiting between attempts."""
    monkeypatch.setattr("actions.http.BACKOFF_S", (0.0, 0.0))
    use_services(connect(SETTINGS))
    yield
    use_services(None)


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question about points is not due (``test_consents`` is about it)."""

    async def silent(tracker: Tracker) -> None:
        return None

    for module in ("reports", "wallet"):
        monkeypatch.setattr(f"actions.{module}.points_question", silent)


@pytest.fixture(scope="session")
def domain() -> dict[str, Any]:
    """The texts, as Rasa sends them with an action call."""
    folder = Path(__file__).resolve().parents[2] / "bot" / "domain"
    responses: dict[str, Any] = {}
    for path in folder.rglob("*.yml"):
        responses.update(yaml.safe_load(path.read_text(encoding="utf-8")).get("responses", {}))
    return {"responses": responses}


@pytest.fixture
def dispatcher() -> CollectingDispatcher:
    return CollectingDispatcher()


@pytest.fixture
def said(dispatcher: CollectingDispatcher) -> Callable[[], list[str]]:
    """Names of the responses uttered so far."""
    return lambda: [message["response"] for message in dispatcher.messages]


def message(text: str, intent: str, **more: Any) -> dict[str, Any]:
    """A parsed message; ``category`` as (name, confidence) pairs, best first."""
    ranking = [{"name": n, "confidence": c} for n, c in more.pop("category", [])]
    return {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": more.pop("entities", []),
        "category": ranking[0] if ranking else None,
        "category_ranking": ranking,
        "metadata": {"turn": TURN, "channel": "web", "locale": "fr"},
        **more,
    }


def entity(kind: str, value: str, text: str) -> dict[str, Any]:
    """An entity found in ``text``."""
    start = text.index(value)
    return {"entity": kind, "value": value, "start": start, "end": start + len(value)}


def tracker(
    latest: dict[str, Any],
    slots: dict[str, Any] | None = None,
    *,
    events: list[dict[str, Any]] | None = None,
    form: str | None = None,
) -> Tracker:
    """The conversation as an action receives it."""
    return Tracker(
        sender_id=CONVERSATION,
        slots=slots or {},
        latest_message=latest,
        events=events if events is not None else [{"event": "user", "text": latest["text"]}],
        paused=False,
        followup_action=None,
        active_loop={"name": form} if form else {},
        latest_action_name="action_listen",
    )


def slots_set(events: list[Any]) -> dict[str, Any]:
    """Slot name -> value of the returned events, the last one winning."""
    return {e["name"]: e["value"] for e in events if e["event"] == "slot"}
