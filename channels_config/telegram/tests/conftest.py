"""Telegram switched on towards a double; real PostgreSQL and Valkey."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from agent_console.citizens.models import ChannelCode, ContactPoint
from agent_console.citizens.services import contact_at
from agent_console.conversations import ports
from channels_config.telegram.deliver import TelegramChannel

from .telegram_double import TOKEN, TelegramDouble, serve

SECRET = "s" * 40
PATH = "/channels/telegram/webhook"
type Post = Callable[..., Any]


@pytest.fixture
def bot_api(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TelegramDouble]:
    """A provider of one test's own."""
    for double in serve(TelegramDouble(port=0)):
        settings.TELEGRAM_BOT_TOKEN = TOKEN
        settings.TELEGRAM_WEBHOOK_SECRET = SECRET
        settings.TELEGRAM_API_BASE_URL = double.base_url
        settings.PUBLIC_BASE_URL = "https://mdmp.example"
        monkeypatch.setattr(ports, "_channels", {"telegram": TelegramChannel()})
        yield double
        assert double.refused == [], "the Bot API refuses what we ask"


@pytest.fixture
def chat() -> int:
    """A private chat that no other test has: limits are counted by contact."""
    return 10**9 + uuid.uuid4().int % 10**9


@pytest.fixture
def account(db: None, chat: int) -> ContactPoint:
    """Whoever holds that chat."""
    return contact_at(kind=ChannelCode.TELEGRAM, address=str(chat))


@pytest.fixture
def post(client: Client, bot_api: TelegramDouble) -> Post:
    """Post an update as Telegram would; another secret when one is given."""

    def send(update: Mapping[str, Any] | str, secret: str = SECRET) -> Any:
        body = update if isinstance(update, str) else json.dumps(update)
        headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
        return client.post(PATH, body, content_type="application/json", headers=headers)

    return send
