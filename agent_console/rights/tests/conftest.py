"""A register of its own, phones, and a wallet that answers."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pytest_django import Settings

from agent_console.citizens.tests.conftest import Phones, mobile, phones  # noqa: F401
from agent_console.wallet import http


@pytest.fixture(autouse=True)
def register(settings: Settings, tmp_path: Path) -> Path:
    """The erasures' file; not there yet."""
    settings.ERASURE_REGISTER = str(tmp_path / "erasures/register.jsonl")
    return Path(settings.ERASURE_REGISTER)


class WalletDouble:
    """Wallets with 30 points each until they are closed; ``is_away``: it answers nobody."""

    def __init__(self) -> None:
        self.is_away = False
        self.closed: list[uuid.UUID] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.is_away:
            return httpx.Response(503, json={"code": "internal_error"})
        parts = request.url.path.split("/")
        if parts[-1] == "closure":
            self.closed.append(uuid.UUID(parts[3]))
        if parts[-1] == "entries":
            entry = {"created_at": "2026-11-01T10:00:00+00:00", "kind": "reward_posted"}
            return httpx.Response(200, json={"items": [{**entry, "points": 30}]})
        points = dict.fromkeys(
            (f"{name}_points" for name in ("pending", "settled", "recoverable")), 0
        )
        body = {
            "id": parts[3],
            "address": "0x00000000000000000000000000000000000000Aa",
            "available_points": 30,
            "held_points": 10,
            "last_settlement": None,
            **points,
        }
        return httpx.Response(200, json=body)


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Iterator[WalletDouble]:
    double = WalletDouble()
    transport = httpx.MockTransport(double)
    with httpx.Client(base_url="http://wallet.test", transport=transport) as client:
        monkeypatch.setattr(http, "client", lambda: client)
        yield double
